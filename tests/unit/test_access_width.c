/* os/access_width: how much instructions touch. Bytes as the GNU assembler makes them. */
#include "os/access_width.h"

#include <check.h>

#include "support/suite.h"

struct example {
    const char *code; /* no instruction here has a zero byte */
    size_t length;
    unsigned width;
};

#define CODE(text, width) \
    { \
        text, sizeof text - 1, width \
    }

static void verify(const struct example *examples, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        unsigned width = os_access_width((const uint8_t *)examples[i].code, examples[i].length);
        ck_assert_msg(width == examples[i].width, "example %zu: %u, not %u", i, width,
                      examples[i].width);
    }
}

#define VERIFY(examples) verify(examples, sizeof(examples) / sizeof *(examples))

START_TEST(test_general_operands_have_the_size_of_their_form)
{
    static const struct example examples[] = {
        CODE("\x88\x07", 1),              /* mov %al,(%rdi) */
        CODE("\x66\x89\x07", 2),          /* mov %ax,(%rdi) */
        CODE("\x89\x07", 4),              /* mov %eax,(%rdi) */
        CODE("\x48\x89\x07", 8),          /* mov %rax,(%rdi) */
        CODE("\x0f\xb6\x07", 1),          /* movzbl (%rdi),%eax */
        CODE("\x48\x0f\xbf\x07", 2),      /* movswq (%rdi),%rax */
        CODE("\x48\x63\x07", 4),          /* movslq (%rdi),%rax */
        CODE("\xc6\x47\x01\x02", 1),      /* movb $2,1(%rdi) */
        CODE("\x83\x07\x01", 4),          /* addl $1,(%rdi) */
        CODE("\xf0\x48\x0f\xc1\x07", 8),  /* lock xadd %rax,(%rdi) */
        CODE("\xf0\x48\x0f\xc7\x0f", 16), /* lock cmpxchg16b (%rdi) */
        CODE("\xff\x37", 8),              /* push (%rdi) */
        CODE("\xff\x17", 8),              /* call *(%rdi) */
        CODE("\xdb\x2f", 10),             /* fldt (%rdi) */
        CODE("\xaa", 1),                  /* stos %al,(%rdi) */
    };
    VERIFY(examples);
}
END_TEST

START_TEST(test_vectors_have_the_size_of_their_registers)
{
    static const struct example examples[] = {
        CODE("\x0f\x11\x07", 16),             /* movups %xmm0,(%rdi) */
        CODE("\xf2\x0f\x10\x07", 8),          /* movsd (%rdi),%xmm0 */
        CODE("\xf3\x0f\x10\x07", 4),          /* movss (%rdi),%xmm0 */
        CODE("\x66\x0f\xd6\x07", 8),          /* movq %xmm0,(%rdi) */
        CODE("\x66\x0f\x6e\x07", 4),          /* movd (%rdi),%xmm0 */
        CODE("\x66\x0f\x38\x22\x07", 2),      /* pmovsxbq (%rdi),%xmm0 */
        CODE("\xc5\xfe\x6f\x07", 32),         /* vmovdqu (%rdi),%ymm0 */
        CODE("\xc5\xfd\x74\x07", 32),         /* vpcmpeqb (%rdi),%ymm0,%ymm0 */
        CODE("\xc4\xe2\x7d\x18\x07", 4),      /* vbroadcastss (%rdi),%ymm0 */
        CODE("\x62\xf1\xfe\x48\x7f\x07", 64), /* vmovdqu64 %zmm0,(%rdi) */
        CODE("\x62\xf1\xfe\x28\x6f\x07", 32), /* vmovdqu64 (%rdi),%ymm0 */
        CODE("\x62\xf1\x7c\x58\x58\x07", 4),  /* vaddps (%rdi){1to16},%zmm0,%zmm0 */
    };
    VERIFY(examples);
}
END_TEST

START_TEST(test_what_has_no_fixed_size_is_not_known)
{
    static const struct example examples[] = {
        CODE("\xf3\xa4", 0),                 /* rep movsb */
        CODE("\xf3\x48\xab", 0),             /* rep stos %rax,(%rdi) */
        CODE("\x62\xf1\x7f\x49\x7f\x07", 0), /* vmovdqu8 %zmm0,(%rdi){%k1} */
        CODE("\xc4\xe2\x7d\x92\x04\x0f", 0), /* vgatherdps %ymm0,(%rdi,%ymm1),%ymm0 */
        CODE("\x0f\xae\x27", 0),             /* xsave (%rdi) */
        CODE("\x48", 0),
        CODE("\xc5\xfe", 0),
        CODE("\x0f", 0),
        CODE("\x66\x66\x66", 0),
    };
    VERIFY(examples);
    ck_assert_uint_eq(os_access_width(NULL, 0), 0);
}
END_TEST

static void add(TCase *tests)
{
    tcase_add_test(tests, test_general_operands_have_the_size_of_their_form);
    tcase_add_test(tests, test_vectors_have_the_size_of_their_registers);
    tcase_add_test(tests, test_what_has_no_fixed_size_is_not_known);
}

int main(void)
{
    return suite_run("access_width", add);
}
