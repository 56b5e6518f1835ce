internal import ConnectorKit
internal import IdentityCore
internal import JSONQuery

/// Microsoft Graph's JSON, as far as we read it: tolerant of fields we do not know, strict on the types of those we do.
enum EntraWire {
  /// A Conditional Access policy; its conditions stay as they are written, because every member of them counts.
  struct Policy: Sendable, Hashable {
    var id: String
    var name: String
    var state: String
    var modified: String?
    var conditions: JSONValue
    /// The lists of people and applications, by side and key: `includeUsers`; those that are missing are not there.
    var names: [String: EntraNames] = [:]
    var grant: Grant?
    /// How often sessions of this policy ask again; nil where they do not.
    var frequency: Frequency?
    /// Settings that we do not know and that say something, by path.
    var strange: [String: JSONValue] = [:]
    /// Why nobody can say what it asks for; nil for a policy that is whole.
    var damage: String?

    /// A policy whose row cannot be read, with what can.
    init(damaged json: JSONValue, _ damage: String) {
      // What has no id is told apart by all that it says.
      id = json["id"]?.string ?? json.text
      name = json["displayName"]?.string ?? json["id"]?.string ?? "without a name"
      state = json["state"]?.string ?? "not told"
      modified = nil
      conditions = .null
      self.damage = damage
    }

    init(_ json: JSONValue) throws(WireError) {
      id = try json.required("id", .string, \.string)
      name = try json.optional("displayName", .string, \.string) ?? id
      state = try json.required("state", .string, \.string)
      modified = try json.optional("modifiedDateTime", .string, \.string)
      conditions = try json.required("conditions", .object) { $0.object == nil ? nil : $0 }
      for (part, keys) in Self.lists {
        for key in keys {
          if let listed = conditions[part]?[key]?.strings { names[key] = EntraNames(listed) }
        }
      }
      guard case .object(let members) = json, members["grantControls"] != nil else {
        throw WireError.expected(.object, found: .missing, path: "grantControls")
      }
      let controls = try json.optional("grantControls", .object) { $0.object == nil ? nil : $0 }
      do throws(WireError) {
        if let controls { grant = try Grant(controls) }
      } catch {
        throw error.under("grantControls")
      }
      frequency = Frequency(json["sessionControls"]?["signInFrequency"])
      strange = json.strange(besides: Self.known).merging(
        (json["sessionControls"] ?? .null).strange(besides: Self.sessions, under: "sessionControls")
      ) { $1 }
    }

    /// What a policy is made of, and what its session controls are: none of these lifts a demand.
    /// - SeeAlso: <https://learn.microsoft.com/graph/api/resources/conditionalaccesspolicy>
    private static let known: Set<String> = [
      "id", "displayName", "description", "state", "createdDateTime", "modifiedDateTime",
      "deletedDateTime", "templateId", "conditions", "grantControls", "sessionControls",
    ]
    private static let sessions: Set<String> = [
      "signInFrequency", "persistentBrowser", "applicationEnforcedRestrictions",
      "cloudAppSecurity", "disableResilienceDefaults", "continuousAccessEvaluation",
      "secureSignInSession", "globalSecureAccessFilteringProfile", "networkAccessSecurity",
    ]

    private static let lists = [
      "users": [
        "includeUsers", "excludeUsers", "includeGroups", "excludeGroups", "includeRoles",
        "excludeRoles",
      ],
      "applications": ["includeApplications", "excludeApplications"],
    ]

    /// What every policy shows, be it null; what is missing is not known.
    private static let shownKeys: [(path: [String], keys: [String])] = [
      (
        [],
        [
          "clientAppTypes", "platforms", "locations", "signInRiskLevels", "userRiskLevels",
          "servicePrincipalRiskLevels", "insiderRiskLevels", "devices", "authenticationFlows",
          "clientApplications", "applications", "users",
        ]
      ),
      (["applications"], ["includeApplications", "excludeApplications", "applicationFilter"]),
      (
        ["users"],
        ["include", "exclude"].flatMap { side in
          ["Users", "Groups", "Roles", "GuestsOrExternalUsers"].map { side + $0 }
        }
      ),
      (["locations"], ["includeLocations", "excludeLocations"]),
      (["platforms"], ["includePlatforms", "excludePlatforms"]),
      (["devices"], ["deviceFilter"]), (["authenticationFlows"], ["transferMethods"]),
      (["devices", "deviceFilter"], ["mode", "rule"]),
      (["applications", "applicationFilter"], ["mode", "rule"]),
      (
        ["users", "includeGuestsOrExternalUsers"], ["guestOrExternalUserTypes", "externalTenants"]
      ),
      (
        ["users", "excludeGuestsOrExternalUsers"], ["guestOrExternalUserTypes", "externalTenants"]
      ),
      (["users", "includeGuestsOrExternalUsers", "externalTenants"], ["membershipKind"]),
      (["users", "excludeGuestsOrExternalUsers", "externalTenants"], ["membershipKind"]),
    ]

    /// The keys whose null is an answer: the condition is not used.
    private static let nullable: Set<String> = [
      "platforms", "locations", "servicePrincipalRiskLevels", "insiderRiskLevels", "devices",
      "authenticationFlows", "clientApplications", "applicationFilter", "deviceFilter",
      "includeGuestsOrExternalUsers", "excludeGuestsOrExternalUsers",
    ]

    /// What the conditions do not show although every policy does: `locations`, `users.excludeGroups`.
    var missing: [String] {
      // A policy for workloads names no users.
      let isForWorkloads = conditions["clientApplications"] != nil
      return Self.shownKeys.flatMap { path, keys -> [String] in
        var part: JSONValue? = conditions
        for name in path { part = part?[name] }
        guard case .object(let members)? = part else { return [] }
        // Guests of this tenant come from no other.
        let isOwn = members["guestOrExternalUserTypes"]?.string == "internalGuest"
        return keys.filter { key in
          switch members[key] {
          case nil: true
          case .null?:
            !Self.nullable.contains(key) && !(key == "users" && isForWorkloads)
              && !(key == "externalTenants" && isOwn)
          default: false
          }
        }.map { (path + [$0]).joined(separator: ".") }
      } + (grant?.missing.map { "the missing \($0)" } ?? [])
    }
  }

  /// How often sessions ask again.
  struct Frequency: Sendable, Hashable {
    /// The longest time between two questions, in minutes; nil where it cannot be read.
    var minutes: Int64?
    /// As people say it: `every 4 hours`.
    var phrase: String

    /// Reads one that is on; nil for one that is off or missing.
    init?(_ json: JSONValue?) {
      guard let json, json["isEnabled"]?.bool == true else { return nil }
      let isKnown = json.strange(besides: Self.known).isEmpty
      if json["frequencyInterval"]?.string == "everyTime" {
        minutes = isKnown ? 0 : nil
        phrase = "every time"
        return
      }
      guard let value = json["value"]?.integer, let unit = json["type"]?.string else { return nil }
      phrase = "every \(value) \(unit)"
      guard isKnown, value > 0, value < 100_000,
        json["frequencyInterval"]?.string ?? Self.timed == Self.timed
      else { return }
      minutes = ["hours": 60, "days": 1440][unit].map { $0 * value }
    }

    private static let timed = "timeBased"
    private static let known: Set<String> = [
      "isEnabled", "type", "value", "frequencyInterval", "authenticationType",
    ]
  }

  /// What a policy asks for.
  struct Grant: Sendable, Hashable {
    var combination: String?
    var controls: [String]
    var customFactors: [String]
    var termsOfUse: [String]
    var strength: Strength?
    /// Members that we do not know and that say something.
    var strange: [String: JSONValue]
    /// What every grant shows, and this one does not.
    var missing: [String]

    private static let lists = ["builtInControls", "customAuthenticationFactors", "termsOfUse"]

    init(_ json: JSONValue) throws(WireError) {
      combination = try json.optional("operator", .string, \.string)
      controls = try json.optional("builtInControls", .array, \.strings) ?? []
      customFactors = try json.optional("customAuthenticationFactors", .array, \.strings) ?? []
      termsOfUse = try json.optional("termsOfUse", .array, \.strings) ?? []
      let strength = try json.optional("authenticationStrength", .object) {
        $0.object == nil ? nil : $0
      }
      if let strength { self.strength = try Strength(strength) }
      strange = json.strange(besides: Set(Self.lists + ["operator", "authenticationStrength"]))
      missing =
        Self.lists.filter { json[$0] == nil }.map { "list \($0)" }
        + (json.has("authenticationStrength") ? [] : ["authenticationStrength"])
    }

    /// Whether it names no control at all.
    var isEmpty: Bool {
      controls.isEmpty && customFactors.isEmpty && termsOfUse.isEmpty && strength == nil
        && strange.isEmpty && missing.isEmpty
    }
  }

  /// An authentication strength; inside a policy only its id is certain to be there.
  struct Strength: Sendable, Hashable {
    var id: String
    var name: String
    var satisfies: String?
    var combinations: [String]?
    /// Members that we do not know and that say something.
    var strange: [String: JSONValue]

    /// What a strength is made of; `combinationConfigurations` leave fewer keys and certificates.
    /// - SeeAlso: <https://learn.microsoft.com/graph/api/resources/authenticationstrengthpolicy>
    private static let known: Set<String> = [
      "id", "displayName", "description", "policyType", "requirementsSatisfied",
      "allowedCombinations", "combinationConfigurations", "createdDateTime", "modifiedDateTime",
    ]

    init(_ json: JSONValue) throws(WireError) {
      id = EntraID.folded(try json.required("id", .string, \.string))
      name = try json.optional("displayName", .string, \.string) ?? id
      satisfies = try json.optional("requirementsSatisfied", .string, \.string)
      combinations = try json.optional("allowedCombinations", .array, \.strings)
      strange = json.strange(besides: Self.known)
    }
  }

  /// A named location.
  struct Location: Sendable, Hashable {
    enum Kind: Sendable, Hashable {
      case addresses(isTrusted: Bool)
      case countries(Set<String>, includesUnknown: Bool, byAddress: Bool)
      /// Of a kind that we do not know.
      case other(String)
      /// Its row cannot be read, and why.
      case damaged(String)
    }

    var id: String
    var name: String
    var kind: Kind
    /// Members that we do not know and that say something.
    var strange: [String: JSONValue] = [:]

    /// What locations are made of.
    /// - SeeAlso: <https://learn.microsoft.com/graph/api/resources/namedlocation>
    private static let known: Set<String> = [
      "id", "displayName", "createdDateTime", "modifiedDateTime", "deletedDateTime", "isTrusted",
      "ipRanges", "countriesAndRegions", "includeUnknownCountriesAndRegions",
      "countryLookupMethod",
    ]

    /// A location whose row cannot be read but for its id.
    init?(damaged json: JSONValue, _ damage: String) {
      guard let id = json["id"]?.string else { return nil }
      self.id = EntraID.folded(id)
      name = json["displayName"]?.string ?? id
      kind = .damaged(damage)
    }

    init(_ json: JSONValue) throws(WireError) {
      id = EntraID.folded(try json.required("id", .string, \.string))
      name = try json.optional("displayName", .string, \.string) ?? id
      let type = try json.required("@odata.type", .string, \.string)
      switch type {
      case "#microsoft.graph.ipNamedLocation":
        kind = .addresses(isTrusted: try json.required("isTrusted", .bool, \.bool))
      case "#microsoft.graph.countryNamedLocation":
        let method = try json.optional("countryLookupMethod", .string, \.string)
        kind = .countries(
          Set(try json.required("countriesAndRegions", .array, \.strings)),
          includesUnknown: try json.required(
            "includeUnknownCountriesAndRegions", .bool, \.bool),
          // How the country is found must be told: only by address nobody is in two at a time.
          byAddress: method == "clientIpAddress")
      default: kind = .other(type)
      }
      strange = json.strange(besides: Self.known)
    }
  }

  /// An application as it stands in the tenant.
  struct ServicePrincipal: Sendable, Hashable {
    var id: String
    var appID: String
    var name: String
    /// Nil where it is not told.
    var isEnabled: Bool?
    var requiresAssignment: Bool
    var signOnMode: String?
    /// Whether the single sign-on mode is told at all; null is an answer.
    var tellsSignOnMode: Bool
    var owner: String?
    /// Nil where they are not told.
    var tags: [String]?

    init(_ json: JSONValue) throws(WireError) {
      id = try json.required("id", .string, \.string)
      appID = try json.required("appId", .string, \.string)
      name = try json.optional("displayName", .string, \.string) ?? appID
      isEnabled = try json.optional("accountEnabled", .bool, \.bool)
      requiresAssignment = try json.required("appRoleAssignmentRequired", .bool, \.bool)
      signOnMode = try json.optional("preferredSingleSignOnMode", .string, \.string)
      tellsSignOnMode = json.object?["preferredSingleSignOnMode"] != nil
      owner = try json.optional("appOwnerOrganizationId", .string, \.string)
      tags = try json.optional("tags", .array, \.strings)
    }

    /// Whether it is Microsoft's own; unknown where its owner is not told.
    var isMicrosofts: Tri {
      guard let owner, !owner.isEmpty else { return .unknown }
      return EntraKnownApps.microsoftTenants.contains(owner.lowercased()) ? .yes : .no
    }
  }
}
