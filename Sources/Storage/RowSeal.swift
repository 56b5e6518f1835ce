internal import Foundation
internal import GRDB
internal import GRDBSQLite

/// A 64-bit digest of a row, kept in the row: what became of it on the disk without us is found when it is read.
///
/// It guards against damage, not against people; the same on every machine. A row of an older store has none.
struct RowSeal {
  private var value: UInt64 = 0x9E37_79B9_7F4A_7C15

  /// As it stands in a column.
  var stored: Int64 { Int64(bitPattern: value) }

  mutating func add(_ word: UInt64) {
    value = (value ^ word) &* 0xD6E8_FEB8_6659_FD93
    value ^= value >> 32
  }

  mutating func add(_ number: Int64) { add(UInt64(bitPattern: number)) }

  mutating func addNull() { add(0x6E75_6C6C_6E75_6C6C as UInt64) }

  mutating func add(_ bytes: UnsafeRawBufferPointer) {
    var position = 0
    while position + 8 <= bytes.count {
      add(bytes.loadUnaligned(fromByteOffset: position, as: UInt64.self))
      position += 8
    }
    var rest: UInt64 = 0
    while position < bytes.count {
      rest = rest << 8 | UInt64(bytes[position])
      position += 1
    }
    add(rest)
    add(UInt64(bytes.count))
  }

  mutating func add(_ text: String) {
    var copy = text
    copy.withUTF8 { add(UnsafeRawBufferPointer($0)) }
  }

  /// Adds all columns of a row in their order.
  mutating func add(_ row: Row) {
    for value in row.databaseValues { add(value) }
  }

  private mutating func add(_ value: DatabaseValue) {
    switch value.storage {
    case .null: addNull()
    case .int64(let number): add(number)
    case .double(let number): add(number.bitPattern)
    case .string(let text): add(text)
    case .blob(let data): data.withUnsafeBytes { add($0) }
    }
  }
}

/// Where seals are kept, and how what they say is told.
extension RowSeal {
  /// The columns of `members m` and its seal, in the order in which they are sealed; the seal is the last one.
  static let memberColumns = """
    m.version_id, m.fingerprint, m.is_present, m.is_admin, m.is_exempt, m.findings, m.is_gap, m.user_id,
    m.team_id, m.key, m.seal
    """
  /// How many columns of a member are sealed.
  static let memberCount: Int32 = 10

  /// The seal of all columns of a row but the one that holds it.
  static func whole(_ row: Row) -> RowSeal {
    var seal = RowSeal()
    for (name, value) in row where name != "seal" { seal.add(value) }
    return seal
  }

  /// Refuses a row that is not as it was written.
  static func check(
    _ row: Query, _ columns: some Sequence<Int32>, seal: Int32, _ what: @autoclosure () -> String
  ) throws {
    guard let stored = row.optionalInteger(seal) else { return }
    guard row.seal(of: columns).stored == stored else { throw StorageError.altered(what()) }
  }

  /// The seal of a run with its readings.
  ///
  /// - Parameters:
  ///   - row: its row in `runs`.
  ///   - outcome: how it ends; nil for what the row says.
  static func run(_ row: Row, outcome: String? = nil, _ database: Database) throws -> RowSeal {
    var seal = RowSeal()
    seal.add(outcome ?? row["outcome"])
    for (name, value) in row where !["outcome", "seal"].contains(name) { seal.add(value) }
    let rows = try Row.fetchCursor(
      database, sql: "SELECT * FROM readings WHERE run = ? ORDER BY position",
      arguments: [row["seq"] as Int64])
    while let row = try rows.next() { seal.add(row) }
    return seal
  }
}

extension StorageError {
  /// A row that is not as idsync wrote it.
  static func altered(_ what: String) -> StorageError {
    StorageError(
      .corrupt,
      "The store is damaged: \(what) is not as it was written. Run idsync store check, move the store away together with"
        + " its -wal and -shm files, and put back the last backup.")
  }
}
