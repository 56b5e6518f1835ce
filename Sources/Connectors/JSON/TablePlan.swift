internal import CSimdjson

/// The fields to be read of every row of a list, compiled once.
///
/// Fields that are not named are passed over. Of an `object` only its presence is told.
final class TablePlan: @unchecked Sendable {
  // Unchecked because of the pointer: what it points to is never changed after it is made.

  /// Whether a field must be there.
  enum Need: UInt8, Sendable {
    /// There, and not null.
    case required
    /// There, may be null.
    case nullable
    /// May be missing or null.
    case optional
  }

  /// One field: its path from the row's object, with `/` between the parts.
  struct Field: Sendable {
    let path: String
    let type: JSONType
    let need: Need

    init(_ path: String, _ type: JSONType = .string, _ need: Need = .required) {
      self.path = path
      self.type = type
      self.need = need
    }
  }

  let fields: [Field]
  /// Nil when a path is both a field and on the way to another one; reading then fails.
  let plan: OpaquePointer?

  init(_ fields: [Field]) {
    self.fields = fields
    let paths = fields.map { Array($0.path.utf8CString) }
    plan = Self.withPointers(paths) { pointers in
      let native = zip(fields, pointers).map { field, path in
        cjson_field(path: path, type: field.type.rawValue, need: field.need.rawValue)
      }
      return cjson_plan_create(native, native.count)
    }
  }

  deinit {
    cjson_plan_free(plan)
  }

  private static func withPointers<R>(
    _ texts: [[CChar]], _ body: ([UnsafePointer<CChar>?]) -> R
  ) -> R {
    func step(_ index: Int, _ pointers: [UnsafePointer<CChar>?]) -> R {
      guard index < texts.count else { return body(pointers) }
      return texts[index].withUnsafeBufferPointer { step(index + 1, pointers + [$0.baseAddress]) }
    }
    return step(0, [])
  }
}

/// The rows of a list as a table; lives as long as the closure it is given to.
struct TableRows {
  let cells: UnsafePointer<cjson_cell>?
  let width: Int
  /// How many rows there are.
  let count: Int

  /// One row.
  struct Row {
    let cells: UnsafePointer<cjson_cell>?

    /// A text as UTF-8; nil when missing or null.
    func text(_ field: Int) -> UnsafeBufferPointer<UInt8>? {
      guard let cell = cells?[field], cell.type == JSONType.string.rawValue else { return nil }
      return UnsafeBufferPointer(start: cell.text, count: Int(cell.length))
    }

    /// A text as a string; nil when missing or null.
    func string(_ field: Int) -> String? {
      text(field).map { String(decoding: $0, as: UTF8.self) }
    }

    /// A Boolean; nil when missing or null.
    func bool(_ field: Int) -> Bool? {
      guard let cell = cells?[field], cell.type == JSONType.bool.rawValue else { return nil }
      return cell.number != 0
    }

    /// An integer; nil when missing or null.
    func integer(_ field: Int) -> Int64? {
      guard let cell = cells?[field], cell.type == JSONType.integer.rawValue else { return nil }
      return cell.number
    }

    /// What was found: missing, null or the field's type.
    func type(_ field: Int) -> JSONType {
      JSONType(cells?[field].type ?? 0)
    }
  }

  /// The row at a position.
  subscript(position: Int) -> Row { Row(cells: cells.map { $0 + position * width }) }
}
