/* What new[] made, free does not release. */
#include <cstdlib>

int main(void)
{
    int *numbers = new int[10];
    free(numbers);
    return 0;
}
