import IdentityCore

@testable import ConnectorKit

extension Vouch {
  /// Vouches for lines of an inventory, of every application, until long from now.
  static func `for`(_ rows: String...) -> [Vouch] {
    rows.map {
      Vouch(
        row: $0, reason: "looked at", author: "ciso@acme.com",
        until: Timestamp(milliseconds: 4_070_908_800_000), day: "2099-01-01")
    }
  }

  /// Vouches for everything that a reading does not know of some lines, as `doctor` prints it.
  static func forUnknowns(of reading: ProviderReading, on rows: Set<String>) -> [Vouch] {
    reading.apps.flatMap(\.inventory)
      .filter { $0.state == .unknown && rows.contains($0.row) }
      .flatMap { entry in
        Vouch.for(entry.row).map { vouch in
          var vouch = vouch
          vouch.object = entry.object
          vouch.version = entry.version
          return vouch
        }
      }
  }
}
