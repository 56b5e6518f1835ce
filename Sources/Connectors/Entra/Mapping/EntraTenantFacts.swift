internal import IdentityCore

/// A part of a tenant's configuration that may not be readable.
enum EntraPart<Value: Sendable>: Sendable {
  case read(Value)
  /// The reason as a clause, and who can mend it as a phrase.
  case unreadable(reason: String, remedy: String)
}

/// A role that is not known to be built in.
enum EntraRole: Sendable, Hashable {
  /// One of the tenant's own: policies do not count it.
  case custom
  /// Nobody can tell, why, and who can mend it.
  case unclear(reason: String, remedy: String)
}

/// What a tenant's configuration says, over all applications.
struct EntraTenantFacts: Sendable {
  var policies: EntraPart<[EntraWire.Policy]>
  var locations: EntraPart<[String: EntraWire.Location]>
  var strengths: EntraPart<[String: EntraWire.Strength]>
  /// Whether security defaults are on.
  var securityDefaults: EntraPart<Bool>
  /// The domains that leave sign-ins to another identity provider, by name.
  var federated: EntraPart<[String: EntraWire.Federation?]>
  /// The names of groups, as far as they could be read.
  var groupNames: [String: String] = [:]
  /// What is known of roles that policies are for, by id; built-in ones are not in it.
  var roles: [String: EntraRole] = [:]
  /// Whether people may activate roles and groups that they are eligible for.
  var usesEligibility = true
  /// Whether Microsoft's own demand on its administration portals counts.
  var countsMandatoryMFA = true
  /// Whether legacy per-user MFA may be in use.
  var usesPerUserMFA = true
}
