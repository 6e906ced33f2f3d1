/* stack/modules: what an address belongs to, and from when to when. */
#include "stack/modules.h"

#include <check.h>
#include <dlfcn.h>
#include <elf.h>
#include <link.h>
#include <stdlib.h>
#include <string.h>
#include <sys/auxv.h>
#include <unistd.h>

#include "stack/module_list.h"
#include "stack/rules.h"
#include "support/plugin.h"
#include "support/stack_probe.h"
#include "support/suite.h"

static void note(uintptr_t address)
{
    struct module_place place;
    ck_assert(module_locate(address, &place));
    rules_lock();
    module_note_locked(&place);
    rules_unlock();
}

static const struct module *noted(uintptr_t address)
{
    note(address);
    const struct module *module = module_find(address, module_epoch());
    ck_assert_ptr_nonnull(module);
    ck_assert_uint_le(module->start, address);
    ck_assert_uint_gt(module->end, address);
    return module;
}

START_TEST(test_the_program_is_known_by_its_path)
{
    char path[4096];
    ssize_t length = readlink("/proc/self/exe", path, sizeof path - 1);
    ck_assert_int_gt(length, 0);
    path[length] = '\0';
    const struct module *module = noted((uintptr_t)note);
    ck_assert_str_eq(module->path, path);
    ck_assert_uint_eq(module->last_epoch, UINT32_MAX);
}
END_TEST

static int find_libc(struct dl_phdr_info *info, size_t size, void *bias)
{
    (void)size;
    if (strstr(info->dlpi_name, "libc.so")) {
        *(uintptr_t *)bias = info->dlpi_addr;
    }
    return 0;
}

START_TEST(test_libraries_are_known_with_bias_and_build_id)
{
    uintptr_t bias = 0;
    dl_iterate_phdr(find_libc, &bias);
    const struct module *module = noted((uintptr_t)dlsym(RTLD_DEFAULT, "qsort"));
    ck_assert_ptr_nonnull(strstr(module->path, "/libc.so"));
    ck_assert_uint_eq(module->bias, bias);
    ck_assert_uint_eq(module->build_id_length, 20);
}
END_TEST

START_TEST(test_the_vdso_is_known)
{
    uintptr_t vdso = getauxval(AT_SYSINFO_EHDR);
    struct module_place place;
    if (vdso != 0 && module_locate(vdso, &place)) {
        ck_assert_str_eq(noted(vdso)->path, "[vdso]");
    }
}
END_TEST

START_TEST(test_addresses_in_no_module_are_unknown)
{
    char on_stack;
    struct module_place place;
    void *block = malloc(1000);
    const uintptr_t unknown[] = {0, 1, (uintptr_t)&on_stack, (uintptr_t)block, UINTPTR_MAX};
    note((uintptr_t)note);
    for (size_t i = 0; i < sizeof unknown / sizeof unknown[0]; i++) {
        ck_assert(!module_locate(unknown[i], &place));
        ck_assert_ptr_null(module_find(unknown[i], module_epoch()));
    }
    free(block);
}
END_TEST

static void *load(const char *name, uintptr_t *address)
{
    char path[128];
    plugin_path(name, path);
    void *library = dlopen(path, RTLD_NOW);
    ck_assert_ptr_nonnull(library);
    *address = (uintptr_t)dlsym(library, "answer");
    return library;
}

START_TEST(test_a_module_that_went_is_found_in_its_time_only)
{
    plugin_build("answer", "int answer(void) { return 42; }\n");
    uintptr_t address;
    void *library = load("answer", &address);
    const struct module *module = noted(address);
    uint32_t then = module_epoch();
    dlclose(library);
    stack_after_module_unload();
    ck_assert_uint_gt(module_epoch(), then);
    ck_assert_ptr_eq(module_find(address, then), module);
    ck_assert_ptr_null(module_find(address, module_epoch()));
    ck_assert_ptr_nonnull(strstr(module->path, "/answer.so"));
}
END_TEST

START_TEST(test_closing_what_stays_changes_nothing)
{
    plugin_build("answer", "int answer(void) { return 42; }\n");
    uintptr_t address;
    void *library = load("answer", &address);
    void *again = load("answer", &address);
    note(address);
    uint32_t epoch = module_epoch();
    dlclose(again);
    stack_after_module_unload();
    ck_assert_uint_eq(module_epoch(), epoch);
    dlclose(library);
}
END_TEST

START_TEST(test_loading_and_unloading_all_day_takes_no_more_room)
{
    plugin_build("answer", "int answer(void) { return 42; }\n");
    uintptr_t address;
    const struct module *first = NULL;
    for (int i = 0; i < 1000; i++) {
        void *library = load("answer", &address);
        const struct module *module = noted(address);
        first = first ? first : module;
        ck_assert_ptr_eq(module, first);
        dlclose(library);
        stack_after_module_unload();
    }
}
END_TEST

START_TEST(test_relative_paths_become_absolute)
{
    char expected[256];
    plugin_build("answer", "int answer(void) { return 42; }\n");
    ck_assert_int_eq(chdir(plugin_directory), 0);
    void *library = dlopen("./answer.so", RTLD_NOW);
    ck_assert_ptr_nonnull(library);
    snprintf(expected, sizeof expected, "%s/./answer.so", plugin_directory);
    ck_assert_str_eq(noted((uintptr_t)dlsym(library, "answer"))->path, expected);
}
END_TEST

static void add(TCase *tests)
{
    tcase_add_test(tests, test_the_program_is_known_by_its_path);
    tcase_add_test(tests, test_libraries_are_known_with_bias_and_build_id);
    tcase_add_test(tests, test_the_vdso_is_known);
    tcase_add_test(tests, test_addresses_in_no_module_are_unknown);
    tcase_add_test(tests, test_a_module_that_went_is_found_in_its_time_only);
    tcase_add_test(tests, test_closing_what_stays_changes_nothing);
    tcase_add_test(tests, test_loading_and_unloading_all_day_takes_no_more_room);
    tcase_add_test(tests, test_relative_paths_become_absolute);
}

int main(void)
{
    plugin_start();
    return suite_run("modules", add);
}
