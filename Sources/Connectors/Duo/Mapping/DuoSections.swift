internal import ConnectorKit
internal import JSONQuery

/// The merged sections of the policies that apply to somebody at an application.
struct DuoSections: Sendable, Hashable {
  /// The sections by name.
  var sections: [String: JSONValue]
  /// The policies that contributed, the nearest first.
  var policies: [String]

  /// Lays policies over each other section by section; the first one wins.
  static func layered(_ policies: [DuoWire.Policy]) -> DuoSections {
    var merged: [String: JSONValue] = [:]
    for policy in policies {
      merged.merge(policy.sections) { nearer, _ in nearer }
    }
    return DuoSections(sections: merged, policies: policies.map(\.name))
  }

  init(sections: [String: JSONValue], policies: [String]) {
    self.sections = sections
    self.policies = policies
  }

  /// Duo's own calculation.
  init(calculated json: JSONValue) throws(WireError) {
    sections = try json.required("sections", .object, \.object)
    policies = (json["policy_elements"]?.array ?? []).compactMap {
      $0["policy_name"]?.string ?? $0["policy_key"]?.string
    }
  }

  /// `enforce`, `bypass` or `deny`.
  var behaviour: String? { sections["authentication_policy"]?["user_auth_behavior"]?.string }

  /// `enroll`, `no-mfa` or `deny`.
  var newUser: String? { sections["new_user"]?["new_user_behavior"]?.string }

  // Duo shows every property that it documents: a list that is missing is not one that is empty.

  /// The networks where the second factor is skipped; nil where the list is not shown or cannot be read.
  var skippingNetworks: [String]? { networks("no_2fa_required") }

  /// The networks where it is demanded; nil where the list is not shown or cannot be read.
  var demandingNetworks: [String]? { networks("mfa_required") }

  /// Whether sign-ins from networks on neither list are refused; nil where that is not shown or cannot be read.
  var refusesOtherNetworks: Bool? { sections["authorized_networks"]?["deny_other_access"]?.bool }

  private func networks(_ part: String) -> [String]? {
    let list = sections["authorized_networks"]?[part]?["ip_list"] ?? .null
    if let text = list.string {
      return text.split(whereSeparator: { $0 == "," || $0 == " " }).map(String.init)
    }
    return list.strings
  }

  /// What may relax the demand and is not understood: `section value`.
  var strange: [String] {
    var found: [String] = []
    let known: [(String, String, Set<String>)] = [
      ("user_location", "default_action", ["ignore-location", "require-mfa", "deny-access"]),
      (
        "anonymous_networks", "anonymous_access_behavior", ["no-action", "require-mfa", "deny"]
      ),
    ]
    for (section, key, values) in known {
      // Some editions do not have every section.
      guard let content = sections[section] else { continue }
      let value = content[key] ?? .null
      if value.string.map(values.contains) != true {
        found.append("\(section) \(value.string ?? "of an unknown shape")")
      }
    }
    for section in sections.keys.sorted() where !Self.sections.contains(section) {
      let name = section.lowercased()
      if ["auth", "mfa", "2fa", "bypass"].contains(where: name.contains) {
        found.append("section \(section)")
      }
    }
    return found
  }

  /// The sections that Duo documents; those not about authentication are listed so as not to be taken for it.
  private static let sections: Set<String> = [
    "authentication_policy", "new_user", "authorized_networks", "user_location",
    "anonymous_networks", "remembered_devices", "authentication_methods", "trusted_endpoints",
    "duo_desktop", "risk_based_factor_selection", "browsers", "operating_systems", "plugins",
    "screen_lock", "tampered_devices", "full_disk_encryption", "mobile_device_biometrics",
    "duo_mobile_app",
  ]
}
