#include "tool/symbol_file.h"

#include <dwarf.h>
#include <elfutils/libdw.h>
#include <elfutils/libdwfl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "report/namer.h"
#include "tool/compile_units.h"
#include "tool/complain.h"
#include "tool/demangle.h"

struct symbol_file {
    struct symbol_file *next;
    char *path;
    char *build_id; /* as asked for */
    Dwfl *session;
    Dwfl_Module *module; /* NULL: nothing can be said of this file */
    Dwarf *dwarf;        /* NULL: symbol table only */
    Dwarf_Addr bias;     /* of `dwarf`: address in the file minus address in it */
    struct compile_units units;
};

/* A session and module of its own for each file, since all lie at the same addresses. */
static Dwfl_Module *open_module(struct symbol_file *file)
{
    static const Dwfl_Callbacks callbacks = {
        .find_elf = dwfl_build_id_find_elf,
        .find_debuginfo = dwfl_standard_find_debuginfo,
        .section_address = dwfl_offline_section_address,
    };
    file->session = dwfl_begin(&callbacks);
    if (!file->session) {
        return NULL;
    }
    dwfl_report_begin(file->session);
    Dwfl_Module *module = dwfl_report_elf(file->session, file->path, file->path, -1, 0, true);
    dwfl_report_end(file->session, NULL, NULL);
    return module;
}

static bool build_id_is(Dwfl_Module *module, const char *wanted)
{
    const unsigned char *bytes;
    GElf_Addr at;
    int count = dwfl_module_build_id(module, &bytes, &at);
    if (count < 0 || strlen(wanted) != 2 * (size_t)count) {
        return false;
    }
    for (int i = 0; i < count; i++) {
        char hex[3];
        snprintf(hex, sizeof hex, "%02x", bytes[i]);
        if (memcmp(hex, wanted + 2 * (size_t)i, 2) != 0) {
            return false;
        }
    }
    return true;
}

static struct symbol_file *open_new(const char *path, const char *build_id)
{
    struct symbol_file *file = calloc(1, sizeof *file);
    if (!file) {
        return NULL;
    }
    file->path = copy_text(path);
    file->build_id = copy_text(build_id);
    Dwfl_Module *module = open_module(file);
    if (module && (!*build_id || build_id_is(module, build_id))) {
        file->module = module;
        file->dwarf = dwfl_module_getdwarf(module, &file->bias);
        compile_units_read(&file->units, file->dwarf);
    }
    return file;
}

struct symbol_file *symbol_file_open(const char *path, const char *build_id)
{
    static struct symbol_file *files;
    struct symbol_file *file = files;
    while (file && (strcmp(file->path, path) != 0 || strcmp(file->build_id, build_id) != 0)) {
        file = file->next;
    }
    if (!file) {
        file = open_new(path, build_id);
        if (!file) {
            return NULL;
        }
        file->next = files;
        files = file;
    }
    return file->module ? file : NULL;
}

/* The mangled name, from wherever definition, declaration or abstract origin has it; NULL for C. */
static const char *mangled_name(Dwarf_Die *function)
{
    static const unsigned attributes[] = {DW_AT_linkage_name, DW_AT_MIPS_linkage_name};
    for (size_t i = 0; i < sizeof attributes / sizeof *attributes; i++) {
        Dwarf_Attribute attribute;
        Dwarf_Attribute *found = dwarf_attr_integrate(function, attributes[i], &attribute);
        const char *name = dwarf_formstring(found);
        if (name && strncmp(name, "_Z", 2) == 0) {
            return name; /* that of a C function is an alias, which the source does not show */
        }
    }
    return NULL;
}

/* Follows inlined and out-of-line copies to where the function stands in the source. */
static void move_to_origin(Dwarf_Die *function)
{
    static const unsigned links[] = {DW_AT_abstract_origin, DW_AT_specification};
    for (size_t i = 0; i < sizeof links / sizeof *links; i++) {
        Dwarf_Attribute attribute;
        Dwarf_Die origin;
        if (dwarf_formref_die(dwarf_attr(function, links[i], &attribute), &origin)) {
            *function = origin;
        }
    }
}

/* "outer::inner::" from the outermost on. `scopes` are innermost first, the function itself
 * excepted. */
static size_t put_scopes(char *out, size_t capacity, Dwarf_Die *scopes, int count)
{
    size_t length = 0;
    for (int i = count - 1; i > 0 && length < capacity; i--) {
        int tag = dwarf_tag(&scopes[i]);
        bool counts = tag == DW_TAG_namespace || tag == DW_TAG_class_type ||
                      tag == DW_TAG_structure_type || tag == DW_TAG_union_type;
        const char *name = dwarf_diename(&scopes[i]);
        if (counts) {
            length += (size_t)snprintf(out + length, capacity - length,
                                       "%s::", name ? name : "(anonymous namespace)");
        }
    }
    return length < capacity ? length : capacity - 1;
}

/* What the source calls a function, with the scopes it stands in. */
static const char *plain_name(Dwarf_Die *function)
{
    static char room[1024];
    Dwarf_Die origin = *function;
    move_to_origin(&origin);
    Dwarf_Die *scopes;
    int count = dwarf_getscopes_die(&origin, &scopes);
    size_t length = 0;
    if (count > 0) {
        length = put_scopes(room, sizeof room, scopes, count);
        free(scopes);
    }
    const char *name = dwarf_diename(function);
    snprintf(room + length, sizeof room - length, "%s", name ? name : "");
    return name ? room : "";
}

/* A function by its mangled name, if it has one and that can be read. */
static void name_function(struct symbol_frame *frame, Dwarf_Die *function)
{
    const char *mangled = mangled_name(function);
    const char *name = mangled ? demangle(mangled) : "_Z";
    frame->linkage = mangled ? mangled : "";
    frame->function = strncmp(name, "_Z", 2) == 0 ? plain_name(function) : name;
}

static int number_of(Dwarf_Die *die, unsigned name)
{
    Dwarf_Attribute attribute;
    Dwarf_Word value;
    bool known = dwarf_formudata(dwarf_attr(die, name, &attribute), &value) == 0;
    return known && value <= INT32_MAX ? (int)value : -1;
}

/* Names relative to the folder of the compilation are made absolute, where that one is. */
static const char *whole_path(Dwarf_Die *unit, const char *name)
{
    static char room[4096];
    Dwarf_Attribute attribute;
    const char *folder = dwarf_formstring(dwarf_attr(unit, DW_AT_comp_dir, &attribute));
    if (!name || *name == '/' || !folder || *folder != '/') {
        return name ? name : "";
    }
    int length = snprintf(room, sizeof room, "%s/%s", folder, name);
    return length > 0 && (size_t)length < sizeof room ? room : name;
}

/* Moves `frame` from an inlined function to the place that called it. */
static void move_to_call(struct symbol_frame *frame, Dwarf_Die *unit, Dwarf_Die *inlined)
{
    Dwarf_Files *files;
    size_t count;
    int index = number_of(inlined, DW_AT_call_file);
    int line = number_of(inlined, DW_AT_call_line);
    bool listed = dwarf_getsrcfiles(unit, &files, &count) == 0;
    bool known = listed && index >= 0 && (size_t)index < count;
    const char *name = known ? dwarf_filesrc(files, (size_t)index, NULL, NULL) : NULL;
    frame->file = whole_path(unit, name);
    frame->line = line > 0 ? line : 0;
}

static void place_of_address(struct symbol_frame *frame, Dwarf_Die *unit, Dwarf_Addr address)
{
    Dwarf_Line *line = dwarf_getsrc_die(unit, address);
    const char *name = line ? dwarf_linesrc(line, NULL, NULL) : NULL;
    frame->file = whole_path(unit, name);
    frame->line = 0;
    if (line && dwarf_lineno(line, &frame->line) != 0) {
        frame->line = 0;
    }
}

/* The symbol that covers the address, without its version; "" for none. */
static const char *symbol_at(struct symbol_file *file, uint64_t address)
{
    static char room[4096];
    GElf_Off offset;
    GElf_Sym symbol;
    const char *name =
        dwfl_module_addrinfo(file->module, address, &offset, &symbol, NULL, NULL, NULL);
    snprintf(room, sizeof room, "%.*s", name ? (int)strcspn(name, "@") : 0, name ? name : "");
    return room;
}

/* "NAME" or "NAME+OFFSET", the offset in bytes; the name without its version, demangled. */
static const char *variable_name(const char *name, uint64_t offset)
{
    static char room[4096 + 32];
    int length = snprintf(room, sizeof room, "%.*s", (int)strcspn(name, "@"), name);
    const char *plain = demangle(room);
    if (plain != room) {
        length = snprintf(room, sizeof room, "%.4096s", plain);
    }
    if (offset > 0) {
        snprintf(room + length, sizeof room - (size_t)length, "+%lu", (unsigned long)offset);
    }
    return room;
}

/* What covers an offset in the thread-local storage; "" for nothing. */
static const char *thread_local_at(struct symbol_file *file, uint64_t offset)
{
    int count = dwfl_module_getsymtab(file->module);
    for (int i = 0; i < count; i++) {
        GElf_Sym symbol;
        GElf_Word section;
        const char *name = dwfl_module_getsym(file->module, i, &symbol, &section);
        if (name && GELF_ST_TYPE(symbol.st_info) == STT_TLS && section != SHN_UNDEF &&
            offset - symbol.st_value < symbol.st_size) {
            return variable_name(name, offset - symbol.st_value);
        }
    }
    return "";
}

/* What covers an address of data; "" where only a symbol that is no variable is near. */
static const char *variable_at(struct symbol_file *file, uint64_t address)
{
    GElf_Off offset;
    GElf_Sym symbol;
    const char *name =
        dwfl_module_addrinfo(file->module, address, &offset, &symbol, NULL, NULL, NULL);
    bool covers = name && GELF_ST_TYPE(symbol.st_info) == STT_OBJECT && offset < symbol.st_size;
    return covers ? variable_name(name, offset) : "";
}

static bool is_data(struct symbol_file *file, uint64_t address)
{
    Dwarf_Addr at = address, bias;
    GElf_Shdr header;
    Elf_Scn *section = dwfl_module_address_section(file->module, &at, &bias);
    return section && gelf_getshdr(section, &header) && (header.sh_flags & SHF_WRITE) &&
           !(header.sh_flags & SHF_EXECINSTR);
}

static void name_by_symbol(struct symbol_frame *frame, const char *symbol)
{
    frame->function = demangle(symbol);
    frame->linkage = frame->function == symbol ? "" : symbol;
}

/* The function itself, not an inlined one. DWARF leaves the mangled name out where a function is
 * local to its file; what libc calls __strdup inside is strdup to everybody else. */
static void name_outermost(struct symbol_frame *frame, Dwarf_Die *function,
                           struct symbol_file *file, uint64_t address)
{
    name_function(frame, function);
    if (*frame->linkage) {
        return;
    }
    const char *symbol = symbol_at(file, address);
    if (strncmp(symbol, "_Z", 2) == 0) {
        name_by_symbol(frame, symbol);
    } else if (strcmp(symbol, frame->function) != 0) {
        frame->linkage = symbol;
    }
}

/* The scopes around an address, innermost first, as they are nested in the code. Returns how many;
 * free() them. */
static int scopes_at(Dwarf_Die *unit, Dwarf_Addr address, Dwarf_Die **scopes)
{
    Dwarf_Die *around;
    *scopes = NULL;
    if (dwarf_getscopes(unit, address, &around) <= 0) {
        return 0;
    }
    int count = dwarf_getscopes_die(&around[0], scopes);
    free(around);
    return count > 0 ? count : 0;
}

void symbol_file_frames(struct symbol_file *file, uint64_t address,
                        void (*visit)(void *context, const struct symbol_frame *frame),
                        void *context)
{
    struct symbol_frame frame = {.function = "", .file = "", .linkage = ""};
    bool is_thread_local = address & NAMER_THREAD_LOCAL;
    if (is_thread_local || is_data(file, address)) {
        frame.function = is_thread_local ? thread_local_at(file, address & ~NAMER_THREAD_LOCAL)
                                         : variable_at(file, address);
        if (*frame.function) {
            visit(context, &frame);
        }
        return;
    }
    struct compile_unit unit;
    Dwarf_Addr inside = address - file->bias;
    bool has_unit = compile_units_find(&file->units, inside, &unit);
    Dwarf_Die *scopes = NULL;
    int count = 0;
    bool named = false;
    if (has_unit) {
        place_of_address(&frame, &unit.lines, inside);
        count = scopes_at(&unit.scopes, inside, &scopes);
    }
    for (int i = 0; i < count && !named; i++) {
        int tag = dwarf_tag(&scopes[i]);
        if (tag == DW_TAG_inlined_subroutine || tag == DW_TAG_subprogram) {
            named = tag == DW_TAG_subprogram;
            if (named) {
                name_outermost(&frame, &scopes[i], file, address);
            } else {
                name_function(&frame, &scopes[i]);
            }
            frame.inlined = !named;
            visit(context, &frame);
        }
        if (tag == DW_TAG_inlined_subroutine) {
            move_to_call(&frame, &unit.lines, &scopes[i]);
        }
    }
    free(scopes);
    if (!named) {
        name_by_symbol(&frame, symbol_at(file, address));
        frame.inlined = false;
        if (*frame.function || frame.line > 0) {
            visit(context, &frame);
        }
    }
}
