internal import ConnectorKit
internal import IdentityCore
internal import Synchronization

/// The accounts of watched people while several lists mark them at a time.
final class EntraAccounts: Sendable {
  private let state: Mutex<AccountTable>

  init(_ table: sending AccountTable) {
    state = Mutex(table)
  }

  /// Lends the accounts; nobody else has them meanwhile.
  func withLock<R>(_ body: (inout AccountTable) -> R) -> R {
    state.withLock { body(&$0) }
  }

  /// The accounts as they stand.
  var table: AccountTable { state.withLock { $0 } }

  /// Calls a closure with every account that a page of ids names in one of its columns.
  func mark(_ rows: TableRows, column: Int = 0, _ change: (inout AccountTable, Int) -> Void) {
    state.withLock { table in
      for row in 0..<rows.count {
        guard let id = rows[row].text(column),
          let position = EntraID.withFolded(id, { table.position(ofID: $0) })
        else { continue }
        change(&table, position)
      }
    }
  }
}
