internal import ConnectorKit
internal import IdentityCore

/// What policies mention by id, as far as it could be read.
struct OktaDirectory: Sendable {
  /// What is known of a group.
  enum Group: Sendable, Hashable {
    /// Everybody is in it.
    case everyone
    case named(String)
  }

  /// What is known of zones.
  enum Zones: Sendable {
    /// Not asked for yet: every zone counts as live.
    case assumed
    case known([String: OktaWire.Zone])
    /// Not readable; the remedy.
    case unreadable(remedy: String)
  }

  /// Whether other identity providers can vouch for people.
  enum Inbound: Sendable {
    /// The operator vouches that there are none.
    case attestedNone
    case known([OktaWire.InboundProvider])
    /// Not readable; the remedy.
    case unreadable(remedy: String)
  }

  var groups: [String: Group] = [:]
  var zones: Zones = .assumed {
    didSet {
      sharedZoneNames = []
      guard case .known(let zones) = zones else { return }
      var seen: Set<String> = []
      for zone in zones.values where !seen.insert(zone.name).inserted {
        sharedZoneNames.insert(zone.name)
      }
    }
  }
  /// The names that more than one zone bears.
  private(set) var sharedZoneNames: Set<String> = []
  var inbound: Inbound = .attestedNone
}

/// A part of the configuration of an organisation that may not be readable.
typealias OktaPart<Value: Sendable> = PolicyPart<Value>
