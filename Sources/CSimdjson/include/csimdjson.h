#pragma once

/// A C face of simdjson's DOM parser: whole documents are checked, then read as tables or step by step.
///
/// Everything given out (elements, cells, texts) lies in the parser and lives until it parses again or is freed.

#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

/// A parser with its memory; for one thread at a time.
typedef struct cjson_parser cjson_parser;

/// A value of the parsed document.
typedef struct cjson_element {
  const void *document;
  size_t index;
} cjson_element;

/// A text; not ended by a zero byte, and it may hold zero bytes.
typedef struct cjson_text {
  const uint8_t *start;
  size_t length;
} cjson_text;

/// What a value is.
enum {
  CJSON_MISSING = 0,
  CJSON_NULL = 1,
  CJSON_STRING = 2,
  CJSON_BOOL = 3,
  CJSON_INTEGER = 4,
  CJSON_NUMBER = 5, // with a fraction, or beyond 64 bits signed; integers beyond 64 bits unsigned are strings
  CJSON_ARRAY = 6,
  CJSON_OBJECT = 7,
  CJSON_TWICE = 8 // of a failure only: a key that is there twice, with different values
};

/// Makes a parser that takes documents up to a size; NULL when there is no memory.
cjson_parser *cjson_parser_create(size_t max_bytes);
/// Frees a parser; NULL is allowed.
void cjson_parser_free(cjson_parser *parser);

/// Parses a document; at least 64 bytes behind it must be readable. A byte order mark is skipped.
///
/// Returns NULL and sets `root`, or returns what is wrong, a text that lives for ever.
const char *cjson_parse(
    cjson_parser *parser, const uint8_t *bytes, size_t length, cjson_element *root);

/// What a value is.
uint8_t cjson_type(cjson_element element);
/// The value of a string; empty for anything else.
cjson_text cjson_string(cjson_element element);
/// The value of a Boolean; false for anything else.
int cjson_bool(cjson_element element);
/// The value of an integer that fits 64 bits signed; 0 for anything else.
int64_t cjson_integer(cjson_element element);
/// How many values an array or members an object has; 0 for anything else.
size_t cjson_count(cjson_element element);

/// Steps through an array or object.
typedef struct cjson_cursor {
  cjson_element element;
  size_t next;
  size_t end;
  int is_object;
} cjson_cursor;

/// Begins at the first value of an array or member of an object; anything else has none.
cjson_cursor cjson_begin(cjson_element element);
/// Steps on; `key` is empty in arrays. Returns 0 behind the last one.
int cjson_step(cjson_cursor *cursor, cjson_text *key, cjson_element *value);

/// Writes a value without white space into the parser's own memory; valid until the next such call.
cjson_text cjson_minify(cjson_parser *parser, cjson_element element);

/// Whether a field must be there; a text without characters is not.
enum {
  CJSON_REQUIRED = 0, // there, and not null
  CJSON_NULLABLE = 1, // there, may be null
  CJSON_OPTIONAL = 2  // may be missing or null
};

/// A field of a table: a path (`profile/email`), a type (string, bool, integer or object), and a need.
///
/// Of an object only its presence is told.
typedef struct cjson_field {
  const char *path;
  uint8_t type;
  uint8_t need;
} cjson_field;

/// A compiled list of fields.
typedef struct cjson_plan cjson_plan;

/// Compiles fields; NULL when there is no memory, a path is both a field and on the way to another one, or an object has
/// more than 64 of them.
cjson_plan *cjson_plan_create(const cjson_field *fields, size_t count);
/// Frees a plan; NULL is allowed.
void cjson_plan_free(cjson_plan *plan);

/// One value of a table.
typedef struct cjson_cell {
  union {
    const uint8_t *text;
    int64_t number;
  };
  uint32_t length;
  uint8_t type; // CJSON_MISSING, CJSON_NULL or the field's type
} cjson_cell;

/// Why a table could not be read.
typedef struct cjson_failure {
  size_t row;      // from 0; SIZE_MAX when it is the whole list
  int32_t field;   // the field, -1 for the row itself
  uint32_t depth;  // how many parts of the field's path the fault is below
  uint8_t expected;
  uint8_t found;
} cjson_failure;

/// Reads an array of objects into rows of cells, one for each field; equal keys must say the same.
///
/// Returns 1 and sets `cells` (row after row) and `rows`, or returns 0 and sets `failure`.
int cjson_table(
    cjson_parser *parser, const cjson_plan *plan, cjson_element array, const cjson_cell **cells,
    size_t *rows, cjson_failure *failure);

/// Reads one object as a table reads a row; returns 1 or 0 as that does.
int cjson_row(
    cjson_parser *parser, const cjson_plan *plan, cjson_element object, const cjson_cell **cells,
    cjson_failure *failure);

#ifdef __cplusplus
}
#endif
