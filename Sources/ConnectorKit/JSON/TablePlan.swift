internal import CSimdjson
package import JSONQuery

/// The fields to be read of every row of a list, compiled once.
///
/// Fields that are not named are passed over. Of an `object` only its presence is told.
package final class TablePlan: @unchecked Sendable {
  // Unchecked because of the pointer: what it points to is never changed after it is made.

  /// Whether a field must be there; an empty text is not.
  package enum Need: UInt8, Sendable {
    /// There, and not null.
    case required
    /// There, may be null.
    case nullable
    /// May be missing or null.
    case optional
  }

  /// One field: its path from the row's object, with `/` between the parts.
  package struct Field: Sendable {
    package let path: String
    package let type: JSONType
    package let need: Need

    package init(_ path: String, _ type: JSONType = .string, _ need: Need = .required) {
      self.path = path
      self.type = type
      self.need = need
    }
  }

  package let fields: [Field]
  /// Nil when a path is both a field and on the way to another one; reading then fails.
  package let plan: OpaquePointer?

  package init(_ fields: [Field]) {
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
package struct TableRows {
  let cells: UnsafePointer<cjson_cell>?
  let width: Int
  /// How many rows there are.
  package let count: Int

  /// One row.
  package struct Row {
    let cells: UnsafePointer<cjson_cell>?

    /// A text as UTF-8; nil when missing or null.
    package func text(_ field: Int) -> UnsafeBufferPointer<UInt8>? {
      guard let cell = cells?[field], cell.type == JSONType.string.rawValue else { return nil }
      return UnsafeBufferPointer(start: cell.text, count: Int(cell.length))
    }

    /// A text as a string; nil when missing or null.
    package func string(_ field: Int) -> String? {
      text(field).map { String(decoding: $0, as: UTF8.self) }
    }

    /// A Boolean; nil when missing or null.
    package func bool(_ field: Int) -> Bool? {
      guard let cell = cells?[field], cell.type == JSONType.bool.rawValue else { return nil }
      return cell.number != 0
    }

    /// An integer; nil when missing or null.
    package func integer(_ field: Int) -> Int64? {
      guard let cell = cells?[field], cell.type == JSONType.integer.rawValue else { return nil }
      return cell.number
    }

    /// What was found: missing, null or the field's type.
    package func type(_ field: Int) -> JSONType {
      JSONType(cells?[field].type ?? 0)
    }
  }

  /// The row at a position.
  package subscript(position: Int) -> Row { Row(cells: cells.map { $0 + position * width }) }
}
