internal import CSimdjson
package import CurlTransport
package import JSONQuery

/// Parses documents one after the other in the same memory; for one task at a time.
///
/// The whole document is checked before anything of it is read, so that damage in a part nobody asks for is found.
package final class JSONReader {
  /// Nil when there was no memory; reading then fails.
  private let parser: OpaquePointer?

  /// Makes a reader for documents up to a size.
  package init(maxBytes: Int = 256 << 20) {
    parser = cjson_parser_create(maxBytes)
  }

  deinit {
    cjson_parser_free(parser)
  }

  /// Parses a body where it lies and lends its root.
  package func withRoot<R>(
    _ body: ResponseBody, _ work: (JSONElement) throws(WireError) -> R
  ) throws(WireError) -> R {
    let outcome: Result<R, WireError> = body.withUnsafeBytes { bytes in
      guard let parser else { return .failure(WireError(.damaged, detail: "no memory to parse")) }
      var root = cjson_element()
      let start = bytes.baseAddress?.assumingMemoryBound(to: UInt8.self)
      if let problem = cjson_parse(parser, start, bytes.count, &root) {
        return .failure(WireError(.damaged, detail: "not JSON: \(String(cString: problem))"))
      }
      do throws(WireError) {
        return .success(try work(JSONElement(native: root, parser: parser)))
      } catch {
        return .failure(error)
      }
    }
    return try outcome.get()
  }

  /// Parses a body into a value of its own.
  package func value(_ body: ResponseBody) throws(WireError) -> JSONValue {
    try withRoot(body) { root throws(WireError) in try JSONValue(root) }
  }

  /// Parses a body that is one object and lends it as a row.
  package func withRow<R>(
    _ body: ResponseBody, _ plan: TablePlan, _ work: (TableRows.Row) throws(WireError) -> R
  ) throws(WireError) -> R {
    try withRoot(body) { root throws(WireError) in try work(try root.row(plan)) }
  }

  /// Parses a body that is a list and lends its rows.
  package func withTable<R>(
    _ body: ResponseBody, _ plan: TablePlan, _ work: (TableRows) throws(WireError) -> R
  ) throws(WireError) -> R {
    try withRoot(body) { root throws(WireError) in try work(try root.table(plan)) }
  }
}

/// A value of a parsed document; lives as long as the closure it is given to.
package struct JSONElement {
  let native: cjson_element
  let parser: OpaquePointer

  /// What it is.
  package var type: JSONType { JSONType(cjson_type(native)) }

  /// The text of a string; nil for anything else.
  package var string: String? {
    type == .string ? Self.string(cjson_string(native)) : nil
  }

  /// The value of a Boolean; nil for anything else.
  package var bool: Bool? { type == .bool ? cjson_bool(native) != 0 : nil }

  /// The value of an integer; nil for anything else.
  package var integer: Int64? { type == .integer ? cjson_integer(native) : nil }

  /// The value as text without white space.
  var minified: String { Self.string(cjson_minify(parser, native)) }

  /// Calls a closure with every value of an array or member of an object, in the document's order.
  ///
  /// - Throws: for an object that has a key twice with different values: nobody knows which of them counts.
  package func forEach(
    _ body: (_ key: String, _ value: JSONElement) throws(WireError) -> Void
  ) throws(WireError) {
    var cursor = cjson_begin(native)
    var key = cjson_text()
    var value = cjson_element()
    var seen = SeenKeys()
    while cjson_step(&cursor, &key, &value) != 0 {
      let element = JSONElement(native: value, parser: parser)
      if cursor.is_object != 0, let before = seen.insert(key, value),
        JSONElement(native: before, parser: parser).minified != element.minified
      {
        throw WireError.twice(Self.string(key))
      }
      try body(Self.string(key), element)
    }
  }

  /// Reads an array of objects as a table.
  package func table(_ plan: TablePlan) throws(WireError) -> TableRows {
    var cells: UnsafePointer<cjson_cell>?
    var count = 0
    var failure = cjson_failure()
    guard let compiled = plan.plan else { throw Self.contradiction }
    guard cjson_table(parser, compiled, native, &cells, &count, &failure) != 0 else {
      throw Self.error(failure, plan)
    }
    return TableRows(cells: cells, width: plan.fields.count, count: count)
  }

  /// Reads an object as a table reads a row.
  package func row(_ plan: TablePlan) throws(WireError) -> TableRows.Row {
    var cells: UnsafePointer<cjson_cell>?
    var failure = cjson_failure()
    guard let compiled = plan.plan else { throw Self.contradiction }
    guard cjson_row(parser, compiled, native, &cells, &failure) != 0 else {
      throw Self.error(failure, plan)
    }
    return TableRows.Row(cells: cells)
  }

  private static let contradiction = WireError(
    .shape, detail: "the list of fields contradicts itself")

  private static func error(_ failure: cjson_failure, _ plan: TablePlan) -> WireError {
    var error =
      failure.found == UInt8(CJSON_TWICE)
      ? WireError.twice(path(failure, plan))
      : WireError.expected(
        JSONType(failure.expected), found: JSONType(failure.found), path: path(failure, plan))
    error.row = failure.row == .max ? nil : Int(failure.row) + 1
    return error
  }

  private static func path(_ failure: cjson_failure, _ plan: TablePlan) -> String {
    guard failure.field >= 0, Int(failure.field) < plan.fields.count else { return "" }
    let path = plan.fields[Int(failure.field)].path
    guard failure.depth > 0 else { return path }
    return path.split(separator: "/").prefix(Int(failure.depth)).joined(separator: "/")
  }

  fileprivate static func string(_ text: cjson_text) -> String {
    String(decoding: UnsafeBufferPointer(start: text.start, count: text.length), as: UTF8.self)
  }
}

/// The keys of an object as far as it was read.
private struct SeenKeys {
  /// So many are compared one with another; objects with more are rare.
  private static let few = 32

  private var first: [(key: cjson_text, value: cjson_element)] = []
  private var many: [String: cjson_element] = [:]

  /// Adds a key; the value that stood under it before, if it was there.
  mutating func insert(_ key: cjson_text, _ value: cjson_element) -> cjson_element? {
    for (known, before) in first where Self.isSame(known, key) { return before }
    if first.count < Self.few {
      first.append((key, value))
      return nil
    }
    let name = JSONElement.string(key)
    if let before = many[name] { return before }
    many[name] = value
    return nil
  }

  private static func isSame(_ left: cjson_text, _ right: cjson_text) -> Bool {
    left.length == right.length
      && UnsafeBufferPointer(start: left.start, count: left.length)
        .elementsEqual(UnsafeBufferPointer(start: right.start, count: right.length))
  }
}
