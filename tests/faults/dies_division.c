/* Division by zero: the instruction is named. */
int main(int argc, char **argv)
{
    (void)argv;
    volatile int zero = argc - argc;
    return argc / zero; /* @divide */
}
