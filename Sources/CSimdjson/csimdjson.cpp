#include "csimdjson.h"

#include <simdjson.h>

#include <algorithm>
#include <cstring>
#include <memory>
#include <new>
#include <string>
#include <string_view>
#include <type_traits>
#include <vector>

namespace dom = simdjson::dom;

struct cjson_parser {
  dom::parser parser;
  std::vector<cjson_cell> cells;
  std::string scratch;
  explicit cjson_parser(size_t max_bytes) : parser(max_bytes) {}
};

namespace {

// An element of simdjson is two words: the document and a place on its tape.
static_assert(sizeof(dom::element) == sizeof(cjson_element), "element layout");
static_assert(std::is_trivially_copyable<dom::element>::value, "element layout");

dom::element unwrap(cjson_element element) {
  dom::element result;
  std::memcpy(static_cast<void *>(&result), &element, sizeof result);
  return result;
}

cjson_element wrap(dom::element element) {
  cjson_element result;
  std::memcpy(&result, &element, sizeof result);
  return result;
}

cjson_text text(std::string_view view) {
  return {reinterpret_cast<const uint8_t *>(view.data()), view.size()};
}

uint8_t type_of(dom::element element) {
  switch (element.type()) {
    case dom::element_type::ARRAY: return CJSON_ARRAY;
    case dom::element_type::OBJECT: return CJSON_OBJECT;
    case dom::element_type::INT64: return CJSON_INTEGER;
    case dom::element_type::UINT64: return CJSON_NUMBER;
    case dom::element_type::DOUBLE: return CJSON_NUMBER;
    case dom::element_type::STRING: return CJSON_STRING;
    case dom::element_type::BOOL: return CJSON_BOOL;
    case dom::element_type::NULL_VALUE: return CJSON_NULL;
  }
  return CJSON_MISSING;
}

// Whether a number is an integer that neither 64 bits signed nor unsigned can hold.
bool is_big(std::string_view number) {
  const bool is_negative = number.front() == '-';
  std::string_view digits = number.substr(is_negative ? 1 : 0);
  if (digits.empty() || digits.front() == '0') return false;
  for (char digit : digits) {
    if (digit < '0' || digit > '9') return false;
  }
  const std::string_view most = is_negative ? "9223372036854775808" : "18446744073709551615";
  return digits.size() > most.size() || (digits.size() == most.size() && digits > most);
}

// Writes a document with its big integers as strings of their digits; false when it has none.
bool quote_big_integers(std::string_view document, std::string &result) {
  bool found = false;
  result.clear();
  result.reserve(document.size() + 64);
  size_t at = 0;
  while (at < document.size()) {
    const char byte = document[at];
    size_t end = at + 1;
    if (byte == '"') {
      while (end < document.size() && document[end] != '"') end += document[end] == '\\' ? 2 : 1;
      end = std::min(end + 1, document.size());
    } else if (byte == '-' || (byte >= '0' && byte <= '9')) {
      end = std::min(document.find_first_not_of("0123456789+-.eE", at), document.size());
      if (is_big(document.substr(at, end - at))) {
        found = true;
        result.append(1, '"').append(document.substr(at, end - at)).append(1, '"');
        at = end;
        continue;
      }
    }
    result.append(document.substr(at, end - at));
    at = end;
  }
  return found;
}

}  // namespace

extern "C" cjson_parser *cjson_parser_create(size_t max_bytes) {
  return new (std::nothrow) cjson_parser(max_bytes);
}

extern "C" void cjson_parser_free(cjson_parser *parser) { delete parser; }

extern "C" const char *cjson_parse(
    cjson_parser *parser, const uint8_t *bytes, size_t length, cjson_element *root) {
  if (length >= 3 && bytes[0] == 0xEF && bytes[1] == 0xBB && bytes[2] == 0xBF) {
    bytes += 3;
    length -= 3;
  }
  dom::element element;
  auto error = parser->parser.parse(bytes, length, false).get(element);
  if (error) {
    // simdjson refuses integers beyond 64 bits, and with them the document.
    try {
      const std::string_view document(reinterpret_cast<const char *>(bytes), length);
      if (quote_big_integers(document, parser->scratch)) {
        error = parser->parser.parse(parser->scratch.data(), parser->scratch.size()).get(element);
      }
    } catch (...) {
      // No memory for the copy: the first error stands.
    }
  }
  if (error) return simdjson::error_message(error);
  *root = wrap(element);
  return nullptr;
}

extern "C" uint8_t cjson_type(cjson_element element) { return type_of(unwrap(element)); }

extern "C" cjson_text cjson_string(cjson_element element) {
  std::string_view view;
  if (unwrap(element).get(view)) return {nullptr, 0};
  return text(view);
}

extern "C" int cjson_bool(cjson_element element) {
  bool value = false;
  return unwrap(element).get(value) ? 0 : value;
}

extern "C" int64_t cjson_integer(cjson_element element) {
  int64_t value = 0;
  return unwrap(element).get(value) ? 0 : value;
}

extern "C" size_t cjson_count(cjson_element element) {
  dom::array array;
  dom::object object;
  size_t count = 0;
  // Counted by hand: simdjson keeps the size in 24 bits only.
  if (!unwrap(element).get(array)) {
    for (auto value : array) {
      (void)value;
      ++count;
    }
  } else if (!unwrap(element).get(object)) {
    for (auto field : object) {
      (void)field;
      ++count;
    }
  }
  return count;
}

// A cursor holds iterators by their place on the tape, so that it needs no memory of its own.
namespace {

template <typename Iterator>
size_t place(Iterator iterator) {
  cjson_element words;
  static_assert(sizeof iterator == sizeof words, "iterator layout");
  std::memcpy(&words, static_cast<const void *>(&iterator), sizeof words);
  return words.index;
}

template <typename Iterator>
Iterator iterator(cjson_element document, size_t index, Iterator any) {
  document.index = index;
  std::memcpy(static_cast<void *>(&any), &document, sizeof document);
  return any;
}

}  // namespace

extern "C" cjson_cursor cjson_begin(cjson_element element) {
  cjson_cursor cursor{element, 0, 0, 0};
  dom::array array;
  dom::object object;
  if (!unwrap(element).get(array)) {
    cursor.next = place(array.begin());
    cursor.end = place(array.end());
  } else if (!unwrap(element).get(object)) {
    cursor.is_object = 1;
    cursor.next = place(object.begin());
    cursor.end = place(object.end());
  }
  return cursor;
}

extern "C" int cjson_step(cjson_cursor *cursor, cjson_text *key, cjson_element *value) {
  if (cursor->next >= cursor->end) return 0;
  if (cursor->is_object) {
    dom::object object;
    if (unwrap(cursor->element).get(object)) return 0;
    auto at = iterator(cursor->element, cursor->next, object.begin());
    *key = text(at.key());
    *value = wrap(at.value());
    ++at;
    cursor->next = place(at);
  } else {
    dom::array array;
    if (unwrap(cursor->element).get(array)) return 0;
    auto at = iterator(cursor->element, cursor->next, array.begin());
    *key = {nullptr, 0};
    *value = wrap(*at);
    ++at;
    cursor->next = place(at);
  }
  return 1;
}

extern "C" cjson_text cjson_minify(cjson_parser *parser, cjson_element element) {
  try {
    parser->scratch = simdjson::minify(unwrap(element));
  } catch (...) {
    parser->scratch.clear();
  }
  return text(parser->scratch);
}

struct cjson_plan {
  // A part of a path; its children are tried one after the other, for there are few.
  struct Node {
    std::string key;
    int field = -1;
    size_t depth = 0;
    std::vector<Node> children;
  };

  Node root;
  std::vector<uint8_t> types;
  std::vector<uint8_t> needs;
};

namespace {

bool add(cjson_plan::Node &root, std::string_view path, int field) {
  cjson_plan::Node *node = &root;
  size_t depth = 0;
  while (true) {
    ++depth;
    size_t slash = path.find('/');
    std::string_view key = path.substr(0, slash);
    cjson_plan::Node *child = nullptr;
    for (auto &candidate : node->children) {
      if (candidate.key == key) child = &candidate;
    }
    if (child == nullptr) {
      // One bit a child tells keys that come twice.
      if (node->children.size() == 64) return false;
      node->children.emplace_back();
      child = &node->children.back();
      child->key = std::string(key);
      child->depth = depth;
    }
    if (slash == std::string_view::npos) {
      if (child->field >= 0 || !child->children.empty()) return false;
      child->field = field;
      return true;
    }
    if (child->field >= 0) return false;
    node = child;
    path.remove_prefix(slash + 1);
  }
}

class Reader {
 public:
  Reader(const cjson_plan &plan, cjson_failure &failure) : plan(plan), failure(failure) {}

  bool read(dom::element element, cjson_cell *row) {
    cells = row;
    std::memset(static_cast<void *>(row), 0, plan.types.size() * sizeof *row);
    dom::object object;
    if (element.get(object)) {
      failure.field = -1;
      failure.depth = 0;
      failure.expected = CJSON_OBJECT;
      failure.found = type_of(element);
      return false;
    }
    if (!members(object, plan.root)) return false;
    for (size_t field = 0; field < plan.types.size(); ++field) {
      const uint8_t type = cells[field].type;
      const uint8_t need = plan.needs[field];
      const bool allowed = type >= CJSON_STRING || need == CJSON_OPTIONAL ||
                           (type == CJSON_NULL && need == CJSON_NULLABLE);
      if (!allowed) return fail(static_cast<int>(field), 0, plan.types[field], type);
      // A text without characters names nothing, so it is as if it were not there.
      if (type == CJSON_STRING && need != CJSON_OPTIONAL && cells[field].length == 0) {
        return fail(static_cast<int>(field), 0, plan.types[field], CJSON_MISSING);
      }
    }
    return true;
  }

 private:
  const cjson_plan &plan;
  cjson_failure &failure;
  cjson_cell *cells = nullptr;

  bool fail(int field, size_t depth, uint8_t expected, uint8_t found) {
    failure.field = field;
    failure.depth = static_cast<uint32_t>(depth);
    failure.expected = expected;
    failure.found = found;
    return false;
  }

  static int any_field(const cjson_plan::Node &node) {
    return node.field >= 0 ? node.field : any_field(node.children.front());
  }

  // Whether an earlier member of the same name says the same as the one at this place.
  static bool repeats(dom::object object, std::string_view key, dom::element value) {
    for (auto member : object) {
      if (member.key == key) return simdjson::minify(member.value) == simdjson::minify(value);
    }
    return true;
  }

  void all_null(const cjson_plan::Node &node) {
    if (node.field >= 0) cells[node.field].type = CJSON_NULL;
    for (const auto &child : node.children) all_null(child);
  }

  bool members(dom::object object, const cjson_plan::Node &node) {
    uint64_t seen = 0;
    for (auto member : object) {
      uint64_t bit = 1;
      for (const auto &child : node.children) {
        const uint64_t mine = bit;
        bit <<= 1;
        if (member.key.size() != child.key.size() ||
            std::memcmp(member.key.data(), child.key.data(), child.key.size()) != 0) {
          continue;
        }
        if (seen & mine) {
          if (repeats(object, member.key, member.value)) break;
          return fail(any_field(child), child.depth, CJSON_MISSING, CJSON_TWICE);
        }
        seen |= mine;
        if (!value(member.value, child)) return false;
        break;
      }
    }
    return true;
  }

  bool value(dom::element element, const cjson_plan::Node &node) {
    const uint8_t found = type_of(element);
    if (found == CJSON_NULL) {
      all_null(node);
      return true;
    }
    if (node.field < 0) {
      dom::object object;
      if (element.get(object)) return fail(any_field(node), node.depth, CJSON_OBJECT, found);
      return members(object, node);
    }
    const uint8_t expected = plan.types[static_cast<size_t>(node.field)];
    if (found != expected) return fail(node.field, 0, expected, found);
    cjson_cell &cell = cells[node.field];
    cell.type = expected;
    switch (expected) {
      case CJSON_STRING: {
        std::string_view view;
        (void)element.get(view);
        cell.text = reinterpret_cast<const uint8_t *>(view.data());
        cell.length = static_cast<uint32_t>(view.size());
        break;
      }
      case CJSON_BOOL: {
        bool flag = false;
        (void)element.get(flag);
        cell.number = flag;
        break;
      }
      case CJSON_INTEGER:
        (void)element.get(cell.number);
        break;
      default:
        break;
    }
    return true;
  }
};

}  // namespace

extern "C" cjson_plan *cjson_plan_create(const cjson_field *fields, size_t count) {
  try {
    auto plan = std::make_unique<cjson_plan>();
    for (size_t index = 0; index < count; ++index) {
      if (!add(plan->root, fields[index].path, static_cast<int>(index))) return nullptr;
      plan->types.push_back(fields[index].type);
      plan->needs.push_back(fields[index].need);
    }
    return plan.release();
  } catch (...) {
    return nullptr;
  }
}

extern "C" void cjson_plan_free(cjson_plan *plan) { delete plan; }

extern "C" int cjson_table(
    cjson_parser *parser, const cjson_plan *plan, cjson_element element, const cjson_cell **cells,
    size_t *rows, cjson_failure *failure) {
  *failure = cjson_failure{SIZE_MAX, -1, 0, CJSON_ARRAY, CJSON_MISSING};
  dom::array array;
  if (unwrap(element).get(array)) {
    failure->found = type_of(unwrap(element));
    return 0;
  }
  try {
    const size_t width = plan->types.size();
    const size_t count = cjson_count(element);
    if (parser->cells.size() < count * width) parser->cells.resize(count * width);
    Reader reader(*plan, *failure);
    size_t row = 0;
    for (auto item : array) {
      failure->row = row;
      if (!reader.read(item, parser->cells.data() + row * width)) return 0;
      ++row;
    }
    *cells = parser->cells.data();
    *rows = row;
    return 1;
  } catch (...) {
    failure->found = CJSON_MISSING;
    return 0;
  }
}

extern "C" int cjson_row(
    cjson_parser *parser, const cjson_plan *plan, cjson_element object, const cjson_cell **cells,
    cjson_failure *failure) {
  *failure = cjson_failure{SIZE_MAX, -1, 0, CJSON_OBJECT, CJSON_MISSING};
  try {
    const size_t width = plan->types.size();
    if (parser->cells.size() < width) parser->cells.resize(width);
    Reader reader(*plan, *failure);
    if (!reader.read(unwrap(object), parser->cells.data())) return 0;
    *cells = parser->cells.data();
    return 1;
  } catch (...) {
    failure->found = CJSON_MISSING;
    return 0;
  }
}
