internal import ConnectorKit
internal import IdentityCore

/// A role that is not known to be built in.
enum EntraRole: Sendable, Hashable {
  /// One of the tenant's own: policies do not count it.
  case custom
  /// Nobody can tell, why, and who can mend it.
  case unclear(reason: String, remedy: String)
}

/// What a tenant's configuration says, over all applications.
struct EntraTenantFacts: Sendable {
  var policies: Part<[EntraWire.Policy]>
  var locations: Part<[String: EntraWire.Location]>
  var strengths: Part<[String: EntraWire.Strength]>
  /// Whether security defaults are on.
  var securityDefaults: Part<Bool>
  /// The domains that leave sign-ins to another identity provider, by name.
  var federated: Part<[String: EntraWire.Federation?]>
  /// The names of all domains; nil where they were not read.
  var domains: Set<String>?
  /// What policies of home realm discovery say; asked for only where a domain is federated.
  var homeRealm: Part<[EntraWire.HomeRealmPolicy]> = .read([])
  /// The methods that are on, as far as they say something about second factors.
  var methods: Part<[EntraWire.Method]> = .read([])
  /// Whose second factors are accepted of guests.
  var trust: Part<[EntraWire.Trust]> = .read([])
  /// The names of groups, as far as they could be read.
  var groupNames: [String: String] = [:]
  /// How people get into the groups that policies name, and out of them, by themselves.
  var entries: [String: EntraGroupEntry] = [:]
  /// What is known of roles that policies are for, by id; built-in ones are not in it.
  var roles: [String: EntraRole] = [:]
  /// Whether people may activate roles and groups that they are eligible for.
  var usesEligibility = true
  /// Whether Microsoft's own demand on its administration portals counts.
  var countsMandatoryMFA = true
  /// Whether legacy per-user MFA may be in use.
  var usesPerUserMFA = true
  /// Whether Conditional Access may be in use.
  var usesConditionalAccess = true
  /// Whether domains may be federated.
  var usesFederation = true
  /// The longest time for which an old second factor counts as one, in minutes.
  var rememberedDeviceLimitMinutes = 1440
}
