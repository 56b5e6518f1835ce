internal import ConnectorKit
internal import JSONQuery

extension KeycloakWire {
  /// What the realm says about attributes of people: who may see and edit them.
  /// - SeeAlso: <https://www.keycloak.org/docs-api/latest/rest-api/index.html#UPConfig>
  struct UserProfile: Sendable, Hashable {
    /// Who may view and edit an attribute; nil where it is not told.
    struct Permissions: Sendable, Hashable {
      var view: [String]?
      var edit: [String]?
    }

    var attributes: [String: Permissions] = [:]
    /// What is allowed with attributes that are not declared: `ENABLED`, `ADMIN_VIEW`, `ADMIN_EDIT`; nil is nothing, and the
    /// server does not even show them.
    var unmanaged: String?

    init(_ json: JSONValue) throws(WireError) {
      for row in try json.required("attributes", .array, { $0.array }) {
        let name = try row.required("name", .string, \.string)
        let permissions = try row.optional("permissions", .object) { $0.object == nil ? nil : $0 }
        attributes[name] = Permissions(
          view: try permissions?.optional("view", .array, \.strings),
          edit: try permissions?.optional("edit", .array, \.strings))
      }
      unmanaged = try json.optional("unmanagedAttributePolicy", .string, \.string)
    }
  }

  /// A client policy that puts another flow in the place of the client's.
  struct FlowSelection: Sendable, Hashable {
    var policy: String
    /// The alias of that flow; nil when not told.
    var flow: String?
  }

  /// The client policies of a realm that are not switched off, as far as they say who signs in how.
  /// - SeeAlso: <https://www.keycloak.org/docs/latest/server_admin/#_client_policies>
  struct ClientPolicies: Sendable, Hashable {
    /// Those that select a flow.
    var selections: [FlowSelection] = []
    /// What of them is not known.
    var unrecognised: [UnrecognisedKey] = []

    /// None at all, as at servers that are older than client policies.
    init() {}

    /// The executor that selects a flow, and the key of its flow.
    private static let selector = (name: "auth-flow-enforcer", flow: "auth-flow-alias")
    /// Executors that ask more of clients and their requests, and let nobody in.
    private static let harmless: Set<String> = [
      selector.name, "client-secret-rotation", "confidential-client", "consent-required",
      "dpop-bind-enforcer", "downscope-assertion-grant-enforcer", "full-scope-disabled",
      "holder-of-key-enforcer", "intent-client-bind-checker", "jwt-claim-enforcer",
      "pkce-enforcer", "registration-access-token-rotation-disabled", "reject-implicit-grant",
      "reject-request", "reject-ropc-grant", "saml-avoid-redirect-binding",
      "saml-secure-client-uris", "saml-signature-enforcer", "secure-ciba-req-sig-algorithm",
      "secure-ciba-session", "secure-ciba-signed-authn-req", "secure-client-authenticator",
      "secure-client-authenticator-assertion", "secure-client-uris",
      "secure-client-uris-pattern", "secure-logout", "secure-par-content",
      "secure-redirect-uris-enforcer", "secure-request-object", "secure-response-type",
      "secure-session", "secure-signature-algorithm", "secure-signature-algorithm-signed-jwt",
      "suppress-refresh-token-rotation", "use-lightweight-access-token",
    ]
    /// Profiles that every realm has, and that no list of a realm's own names; none of them selects a flow.
    private static let global: Set<String> = [
      "fapi-1-baseline", "fapi-1-advanced", "fapi-ciba", "fapi-2-security-profile",
      "fapi-2-message-signing", "fapi-2-dpop-security-profile",
      "fapi-2-dpop-message-signing", "oauth-2-1-for-confidential-client",
      "oauth-2-1-for-public-client", "saml-security-profile",
    ]

    /// Puts policies and the profiles that they name together.
    init(_ policies: JSONValue, profiles: JSONValue) throws(WireError) {
      var executors: [String: [JSONValue]] = [:]
      for profile in try profiles.required("profiles", .array, { $0.array }) {
        let name = try profile.required("name", .string, \.string)
        executors[name, default: []] += try Self.list("executors", of: profile)
        unrecognised += profile.unrecognised(
          besides: ["name", "description", "executors"], at: "client profile \(name)")
      }
      for policy in try policies.required("policies", .array, { $0.array }) {
        let name = try policy.required("name", .string, \.string)
        guard try policy.optional("enabled", .bool, \.bool) != false else { continue }
        let place = "client policy \(name)"
        unrecognised += policy.unrecognised(
          besides: ["name", "description", "enabled", "conditions", "profiles"], at: place)
        for entry in try Self.list("profiles", of: policy) {
          guard let profile = entry.string else {
            throw WireError.expected(.string, found: entry.type, path: "profiles")
          }
          if executors[profile] == nil, !Self.global.contains(profile) {
            unrecognised += JSONValue.object([profile: policy])
              .unrecognised(besides: [], at: place)
          }
          for row in executors[profile] ?? [] { try take(row, name, profile) }
        }
      }
    }

    private mutating func take(
      _ row: JSONValue, _ policy: String, _ profile: String
    ) throws(WireError) {
      let executor = try row.required("executor", .string, \.string)
      if executor == Self.selector.name {
        selections.append(
          FlowSelection(
            policy: policy, flow: row["configuration"]?[Self.selector.flow]?.string))
      } else if !Self.harmless.contains(executor) {
        unrecognised += JSONValue.object([executor: row])
          .unrecognised(besides: [], at: "client policy \(policy)/\(profile)")
      }
    }

    /// A list that is left out where there is nothing in it; null is damage.
    private static func list(
      _ key: String, of json: JSONValue
    ) throws(WireError) -> [JSONValue] {
      json.object?[key] == nil ? [] : try json.required(key, .array) { $0.array }
    }
  }
}
