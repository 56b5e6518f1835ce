/// Microsoft Graph's JSON, as far as we read it: tolerant of fields we do not know, strict on the types of those we do.
enum EntraWire {
  /// A Conditional Access policy; its conditions stay as they are written, because every member of them counts.
  struct Policy: Sendable, Hashable {
    var id: String
    var name: String
    var state: String
    var modified: String?
    var conditions: JSONValue
    var grant: Grant?
    /// How often sessions of this policy ask again; nil where they do not.
    var frequency: String?
    /// Why nobody can say what it asks for; nil for a policy that is whole.
    var damage: String?

    /// A policy whose row cannot be read, with what can.
    init(damaged json: JSONValue, _ damage: String) {
      id = json["id"]?.string ?? "?"
      name = json["displayName"]?.string ?? id
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
      guard case .object(let members) = json, members["grantControls"] != nil else {
        throw WireError.expected(.object, found: .missing, path: "grantControls")
      }
      let controls = try json.optional("grantControls", .object) { $0.object == nil ? nil : $0 }
      do throws(WireError) {
        if let controls { grant = try Grant(controls) }
      } catch {
        throw error.under("grantControls")
      }
      frequency = Self.frequency(json["sessionControls"]?["signInFrequency"])
    }

    private static func frequency(_ json: JSONValue?) -> String? {
      guard let json, json["isEnabled"]?.bool == true else { return nil }
      if json["frequencyInterval"]?.string == "everyTime" { return "every time" }
      guard let value = json["value"]?.integer, let unit = json["type"]?.string else { return nil }
      return "every \(value) \(unit)"
    }
  }

  /// What a policy asks for.
  struct Grant: Sendable, Hashable {
    var combination: String?
    var controls: [String]
    var customFactors: [String]
    var termsOfUse: [String]
    var strength: Strength?
    /// Members that we do not know and that say something, and lists that are missing.
    var strange: [String]

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
      let members = json.object ?? [:]
      let known = Set(Self.lists + ["operator", "authenticationStrength"])
      strange =
        members.filter {
          !known.contains($0.key) && !$0.key.contains("@odata") && $0.value.saysSomething
        }.map { "the control \($0.key.prefix(40)): \($0.value.text.prefix(100))" }.sorted()
        + Self.lists.filter { json[$0] == nil }.map { "the missing list \($0)" }
    }

    /// Whether it names no control at all.
    var isEmpty: Bool {
      controls.isEmpty && customFactors.isEmpty && termsOfUse.isEmpty && strength == nil
        && strange.isEmpty
    }
  }

  /// An authentication strength; inside a policy only its id is certain to be there.
  struct Strength: Sendable, Hashable {
    var id: String
    var name: String
    var satisfies: String?
    var combinations: [String]?

    init(_ json: JSONValue) throws(WireError) {
      id = try json.required("id", .string, \.string)
      name = try json.optional("displayName", .string, \.string) ?? id
      satisfies = try json.optional("requirementsSatisfied", .string, \.string)
      combinations = try json.optional("allowedCombinations", .array, \.strings)
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

    /// A location whose row cannot be read but for its id.
    init?(damaged json: JSONValue, _ damage: String) {
      guard let id = json["id"]?.string else { return nil }
      self.id = id
      name = json["displayName"]?.string ?? id
      kind = .damaged(damage)
    }

    init(_ json: JSONValue) throws(WireError) {
      id = try json.required("id", .string, \.string)
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
          byAddress: (method ?? "clientIpAddress") == "clientIpAddress")
      default: kind = .other(type)
      }
    }
  }

  /// An application as it stands in the tenant.
  struct ServicePrincipal: Sendable, Hashable {
    var id: String
    var appID: String
    var name: String
    /// Null counts as enabled: that way it may let in.
    var isEnabled: Bool
    var requiresAssignment: Bool
    var signOnMode: String?
    var owner: String?

    init(_ json: JSONValue) throws(WireError) {
      id = try json.required("id", .string, \.string)
      appID = try json.required("appId", .string, \.string)
      name = try json.optional("displayName", .string, \.string) ?? appID
      isEnabled = try json.optional("accountEnabled", .bool, \.bool) ?? true
      requiresAssignment = try json.required("appRoleAssignmentRequired", .bool, \.bool)
      signOnMode = try json.optional("preferredSingleSignOnMode", .string, \.string)
      owner = try json.optional("appOwnerOrganizationId", .string, \.string)
    }
  }

  /// A domain of the tenant.
  struct Domain: Sendable, Hashable {
    var name: String
    var isFederated: Bool

    init(_ json: JSONValue) throws(WireError) {
      name = try json.required("id", .string, \.string).lowercased()
      isFederated = try json.required("authenticationType", .string, \.string) != "Managed"
    }
  }

  /// How a federated domain sends people to its own identity provider.
  struct Federation: Sendable, Hashable {
    var name: String?
    var addresses: [String]
    var behaviour: String?

    init(_ json: JSONValue) throws(WireError) {
      name = try json.optional("displayName", .string, \.string)
      addresses = ["issuerUri", "passiveSignInUri", "activeSignInUri", "metadataExchangeUri"]
        .compactMap { json[$0]?.string }
      behaviour = try json.optional("federatedIdpMfaBehavior", .string, \.string)
    }
  }
}

extension EntraWire {
  /// Users: what the path over a large directory needs, in the order of ``UserField``.
  static let users = TablePlan([
    .init("id"), .init("userPrincipalName", .string, .optional),
    .init("mail", .string, .optional), .init("accountEnabled", .bool, .optional),
    .init("userType", .string, .optional), .init("externalUserState", .string, .optional),
    .init("creationType", .string, .optional),
  ])

  /// The places of the fields in ``users``.
  enum UserField {
    static let id = 0
    static let name = 1
    static let mail = 2
    static let isEnabled = 3
    static let type = 4
    static let externalState = 5
    static let creation = 6
  }

  /// A group, in the order id, name, visibility.
  static let group = TablePlan([
    .init("id"), .init("displayName", .string, .optional), .init("visibility", .string, .nullable),
  ])

  /// Members of a group: ids only.
  static let ids = TablePlan([.init("id")])

  /// Role assignments, in the order principal, scope, principal's type.
  static let roleAssignments = TablePlan([
    .init("id"), .init("principalId"), .init("directoryScopeId", .string, .nullable),
    .init("principal/@odata.type", .string, .optional),
  ])

  /// Assignments to an application, in the order id, principal, its type.
  static let appAssignments = TablePlan([
    .init("id"), .init("principalId"), .init("principalType"),
  ])

  /// Registered methods, in the order id, registered; the methods are read apart.
  static let registrations = TablePlan([
    .init("id"), .init("isMfaRegistered", .bool, .optional),
  ])

  /// Where the next page of a list is.
  static let nextLink = TablePlan([.init("@odata.nextLink", .string, .optional)])
}
