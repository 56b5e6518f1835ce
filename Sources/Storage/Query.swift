internal import GRDB
internal import GRDBSQLite

/// A prepared statement bound and read by position, without conversions, for the paths that see every member.
///
/// Not for use by two threads; lives no longer than its connection is lent.
final class Query {
  private let statement: Statement
  private let handle: OpaquePointer
  /// Texts of one execution; SQLite reads them in place.
  private let scratch = UnsafeMutableRawPointer.allocate(byteCount: capacity, alignment: 1)
  private var used = 0
  private static let capacity = 8192

  /// What has been bound since the last execution, for a row that is to be sealed; nil where none is.
  private var seal: RowSeal?

  /// Prepares a statement.
  ///
  /// - Parameter sealing: whether what is bound is put into a seal, in the order in which it is bound.
  init(_ database: Database, _ sql: String, sealing: Bool = false) throws {
    seal = sealing ? RowSeal() : nil
    statement = try database.makeStatement(sql: sql)
    handle = statement.sqliteStatement
  }

  deinit {
    sqlite3_reset(handle)
    sqlite3_clear_bindings(handle)
    scratch.deallocate()
  }

  // MARK: Binding, positions from 1

  func bind(_ position: Int32, _ value: Int64) {
    seal?.add(value)
    sqlite3_bind_int64(handle, position, value)
  }

  func bind(_ position: Int32, _ value: Int) { bind(position, Int64(value)) }

  func bind(_ position: Int32, _ value: Bool) { bind(position, value ? 1 : 0 as Int64) }

  func bind(_ position: Int32, _ value: Int64?) {
    if let value { bind(position, value) } else { bindNull(position) }
  }

  func bind(_ position: Int32, _ value: String?) {
    if let value { bind(position, value) } else { bindNull(position) }
  }

  private func bindNull(_ position: Int32) {
    seal?.addNull()
    sqlite3_bind_null(handle, position)
  }

  /// Binds the seal of everything bound before.
  func bindSeal(_ position: Int32) { sqlite3_bind_int64(handle, position, seal?.stored ?? 0) }

  func bind(_ position: Int32, _ value: String) {
    var copy = value
    copy.withUTF8 { text in
      seal?.add(UnsafeRawBufferPointer(text))
      guard text.count <= Self.capacity - used else {
        let transient = unsafeBitCast(-1, to: sqlite3_destructor_type.self)
        text.withMemoryRebound(to: CChar.self) {
          _ = sqlite3_bind_text(handle, position, $0.baseAddress, Int32($0.count), transient)
        }
        return
      }
      let target = scratch + used
      if let source = text.baseAddress { target.copyMemory(from: source, byteCount: text.count) }
      used += text.count
      sqlite3_bind_text(
        handle, position, target.assumingMemoryBound(to: CChar.self), Int32(text.count), nil)
    }
  }

  // MARK: Running

  /// Moves to the next row; false at the end.
  func step() throws(StorageError) -> Bool {
    switch sqlite3_step(handle) {
    case SQLITE_ROW: return true
    case SQLITE_DONE: return false
    default: throw failure()
    }
  }

  /// Ends an execution, so that the statement can be bound anew.
  func reset() {
    sqlite3_reset(handle)
    used = 0
    if seal != nil { seal = RowSeal() }
  }

  /// Executes a statement without rows.
  func run() throws(StorageError) {
    defer { reset() }
    while try step() {}
  }

  private func failure() -> StorageError {
    let connection = sqlite3_db_handle(handle)
    let path = sqlite3_db_filename(connection, "main").map { String(cString: $0) } ?? ""
    return StorageError(
      sqlite: sqlite3_extended_errcode(connection),
      detail: sqlite3_errmsg(connection).map { String(cString: $0) } ?? "no detail", path: path)
  }

  // MARK: Reading, columns from 0

  func integer(_ column: Int32) -> Int64 { sqlite3_column_int64(handle, column) }

  func isNull(_ column: Int32) -> Bool { sqlite3_column_type(handle, column) == SQLITE_NULL }

  func text(_ column: Int32) -> String {
    guard let start = sqlite3_column_text(handle, column) else { return "" }
    let count = Int(sqlite3_column_bytes(handle, column))
    return String(decoding: UnsafeBufferPointer(start: start, count: count), as: UTF8.self)
  }

  /// The seal of some columns of the current row, in the order given.
  func seal(of columns: some Sequence<Int32>) -> RowSeal {
    var seal = RowSeal()
    for column in columns {
      switch sqlite3_column_type(handle, column) {
      case SQLITE_INTEGER: seal.add(sqlite3_column_int64(handle, column))
      case SQLITE_TEXT:
        let start = sqlite3_column_text(handle, column)
        let count = Int(sqlite3_column_bytes(handle, column))
        seal.add(UnsafeRawBufferPointer(start: start, count: count))
      default: seal.addNull()
      }
    }
    return seal
  }

  func optionalText(_ column: Int32) -> String? { isNull(column) ? nil : text(column) }

  func optionalInteger(_ column: Int32) -> Int64? { isNull(column) ? nil : integer(column) }

}
