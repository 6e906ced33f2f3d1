// Live containers of the standard library, in a global that is never destroyed.
#include <deque>
#include <map>
#include <string>
#include <unordered_map>
#include <vector>

#include "forget.h"

struct everything {
    std::map<int, std::string> map;
    std::unordered_map<std::string, std::vector<int>> hash;
    std::deque<std::string> deque;
};

static everything *all;

int main()
{
    all = new everything;
    for (int i = 0; i < 200; i++) {
        std::string text(i % 50, 'x');
        all->map[i] = text;
        all->hash[text + std::to_string(i)].push_back(i);
        all->deque.push_back(text);
    }
    forget();
}
