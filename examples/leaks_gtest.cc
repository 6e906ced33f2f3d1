// A leak check for each test case, with GoogleTest: the test that leaks is the one that fails, and
// the failure shows where the block was allocated. Without Coalmine the tests run as ever.
//
//     c++ -g leaks_gtest.cc $(pkg-config --cflags --libs gtest coalmine) -o leaks_gtest
//     ./leaks_gtest              or, linked without -lcoalmine:  coalmine ./leaks_gtest
#include <coalmine/coalmine.h>
#include <gtest/gtest.h>

#include <memory>
#include <string>

namespace
{

class LeakListener : public testing::EmptyTestEventListener
{
    void OnTestStart(const testing::TestInfo &) override
    {
        mark_ = coalmine_mark();
    }

    void OnTestEnd(const testing::TestInfo &) override
    {
        coalmine_leaks leaks;
        if (coalmine_leak_check(mark_, &leaks) != 0) {
            ADD_FAILURE() << "leaked:\n" << leaks.text;
        }
        coalmine_leaks_free(&leaks);
    }

    uint32_t mark_ = 0;
};

// What is tested.
struct Song {
    std::string title;
};

Song *write_song(const std::string &title)
{
    return new Song{title};
}

TEST(Songs, Released)
{
    std::unique_ptr<Song> song(write_song("a canary went down into the coal mine"));
    EXPECT_EQ(song->title.size(), 37u);
}

TEST(Songs, Leaked)
{
    EXPECT_EQ(write_song("and the canary did not come up again")->title.size(), 36u);
}

} // namespace

int main(int argc, char **argv)
{
    testing::InitGoogleTest(&argc, argv);
    if (coalmine_leak_check) {
        testing::UnitTest::GetInstance()->listeners().Append(new LeakListener);
    }
    return RUN_ALL_TESTS();
}
