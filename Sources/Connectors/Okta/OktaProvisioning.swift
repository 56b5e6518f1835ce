internal import ConnectorKit
internal import JSONQuery

/// What a sign-in through an identity provider does to an account that exists (`policy.provisioning`).
struct OktaProvisioning: Sendable, Hashable {
  /// What it does to the account's groups.
  enum Groups: Sendable, Hashable {
    case untouched
    /// The account is put into these.
    case gives([String])
    /// The provider says which of these the account is in, and out of them; nil: of all groups.
    case decides([String]?)

    /// Whether an account may come into a group by it.
    func mayGive(_ id: String) -> Bool {
      switch self {
      case .untouched: false
      case .gives(let ids), .decides(let ids?): ids.contains(id)
      case .decides(nil): true
      }
    }

    /// Whether an account may fall out of a group by it.
    func mayTake(_ id: String) -> Bool {
      if case .decides = self { mayGive(id) } else { false }
    }
  }

  /// Whether Okta shows it, in a form that is known.
  var isShown = true
  var groups: Groups
  /// The statuses without a way in from which it brings an account back.
  var wakes: Set<String>

  private static let conditions = ["suspended": "SUSPENDED", "deprovisioned": "DEPROVISIONED"]
  /// The statuses without a way in that a sign-in may lift.
  static let asleep = Set(conditions.values)

  /// Reads the part of an identity provider's policy; what is not shown, or in a form that is not known, may do anything.
  ///
  /// `groups` and `conditions` are left out where nothing is done.
  init(_ json: JSONValue?) {
    guard let json, json.object != nil else {
      isShown = false
      groups = .decides(nil)
      wakes = Self.asleep
      return
    }
    groups = Self.groups(json["groups"])
    wakes = []
    for (key, status) in Self.conditions {
      guard let condition = json["conditions"]?[key] else { continue }
      if condition["action"]?.string != "NONE" { wakes.insert(status) }
    }
    if let conditions = json["conditions"], conditions.object == nil {
      wakes = Self.asleep
    }
  }

  private static func groups(_ json: JSONValue?) -> Groups {
    guard let json else { return .untouched }
    switch json["action"]?.string {
    case "NONE": return .untouched
    case "ASSIGN": return json["assignments"]?.strings.map(Groups.gives) ?? .decides(nil)
    default: return .decides(json["filter"]?.strings)
    }
  }
}
