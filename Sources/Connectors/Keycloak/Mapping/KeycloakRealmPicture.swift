internal import ConnectorKit
internal import IdentityCore

/// All that a realm says about sign-ins, as far as it was read.
struct KeycloakRealmPicture: Sendable {
  /// What the realm knows of a role that a step mentions.
  enum Role: Sendable, Hashable {
    /// It is there: people may have it.
    case exists
    /// There is no such role, or group.
    case missing
    /// It may be there: no list says so, but people have it or not.
    case unlisted
    /// Nobody can tell.
    case unreadable(reason: String, remedy: String)
  }

  var realm: KeycloakWire.Realm
  /// All clients: a session opened at one of them is good at the others.
  var clients: [KeycloakWire.Client]
  /// The aliases of flows by their ids.
  var flowAliases: [String: String] = [:]
  /// The ids of flows by their aliases.
  var flowIDs: [String: String] = [:]
  /// Flows by alias, those that some client or the realm uses.
  var flows: [String: Part<KeycloakFlow>] = [:]
  var identityProviders: Part<[KeycloakWire.IdentityProvider]> = .read([])
  /// The required actions that are switched on; nil when they could not be read.
  var requiredActions: Set<String>?
  /// Required actions of which it is not told whether they are switched on.
  var untoldActions: Set<String> = []
  /// Roles and group paths that steps mention.
  var roles: [String: Role] = [:]
  var groups: [String: Role] = [:]
  /// Where people who have them are listed.
  var directory = KeycloakDirectory()
  /// What identity providers give people at sign-ins through them; read where a condition asks for such a thing.
  var mapped: Part<KeycloakWire.MappedFacts> = .read(.init())
  /// Whether a flow may spare people without a one-time password the setting up; read where a form has no settings.
  var waivesOTP: Part<Bool> = .read(false)
  /// Who may see and edit attributes; nil where no condition asks for one.
  var profile: Part<KeycloakWire.UserProfile?>?
  /// The client policies, which may put another flow in the place of a client's.
  var clientPolicies: Part<KeycloakWire.ClientPolicies> = .read(.init())
  /// Authenticators of others that the operator says ask for a second factor.
  var secondFactorProviders: Set<String> = []
  /// What counts where only people who set a factor up are asked for it.
  var enrolmentDriven = KeycloakConfiguration.EnrolmentDriven.notEnforced

  /// The alias of the flow that decides browser sign-ins to a client; nil when its id is unknown.
  func browserFlow(of client: KeycloakWire.Client) -> String? {
    client.browserOverride.map { flowAliases[$0] } ?? realm.browserFlow
  }

  /// The alias of the flow that decides password grants of a client; nil when its id is unknown.
  func directGrantFlow(of client: KeycloakWire.Client) -> String? {
    client.directGrantOverride.map { flowAliases[$0] } ?? realm.directGrantFlow
  }

  /// The identity providers that people can sign in through, or may be able to.
  var brokers: [KeycloakWire.IdentityProvider] {
    (identityProviders.value ?? []).filter { $0.isEnabled != false && $0.isLinkOnly != true }
  }

  /// Whether people may change an attribute of theirs.
  enum AttributeAccess: Sendable, Hashable {
    case fixed
    case editable
    /// Nobody can tell, why, and who can mend it.
    case unclear(reason: String, remedy: String)
  }

  /// Whether people may change an attribute of theirs, by the profile of users.
  func access(to attribute: String) -> AttributeAccess {
    switch profile {
    case nil: return .fixed
    case .unreadable(let reason, let remedy): return .unclear(reason: reason, remedy: remedy)
    case .read(nil):
      return .unclear(
        reason: "this server has no profile of users",
        remedy: "decide by a role or a group instead of an attribute")
    case .read(let profile?):
      guard let declared = profile.attributes[attribute] else {
        switch profile.unmanaged {
        case nil, "ADMIN_VIEW", "ADMIN_EDIT": return .fixed
        default: return .editable
        }
      }
      guard let edit = declared.edit else {
        return .unclear(
          reason: "the profile of users does not say who may edit it",
          remedy: "let only administrators edit the attribute")
      }
      return edit.contains { $0 != "admin" } ? .editable : .fixed
    }
  }

  /// Whether the server keeps an attribute back from whoever reads people, though its flows see it.
  func hides(_ attribute: String) -> Bool {
    switch profile {
    // Servers without a profile of users hide none.
    case nil, .read(nil): return false
    case .unreadable: return true
    case .read(let profile?):
      guard let declared = profile.attributes[attribute] else { return profile.unmanaged == nil }
      return !((declared.view ?? []) + (declared.edit ?? [])).contains("admin")
    }
  }

  /// The flow of people who sign in through another provider and are not linked to it yet.
  func firstBrokerFlow(of provider: KeycloakWire.IdentityProvider) -> String? {
    provider.firstBrokerFlow ?? realm.firstBrokerFlow
  }

  /// Whether people can be made to set something up by a required action; nil when nobody can tell.
  func canAsk(for action: String) -> Bool? {
    guard let requiredActions else { return nil }
    return untoldActions.contains(action) ? nil : requiredActions.contains(action)
  }

  /// What the server itself links to a client: the flows of its doors, its own by id, those of the realm by alias, so that
  /// the same is said where the list of flows is refused.
  static func policyLink(of client: KeycloakWire.Client, in realm: KeycloakWire.Realm) -> String {
    var links = [client.browserOverride ?? realm.browserFlow]
    if client.directGrants { links.append(client.directGrantOverride ?? realm.directGrantFlow) }
    return links.joined(separator: " ")
  }
}
