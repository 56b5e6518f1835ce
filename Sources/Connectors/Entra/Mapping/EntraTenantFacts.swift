internal import IdentityCore

/// A part of a tenant's configuration that may not be readable.
enum EntraPart<Value: Sendable>: Sendable {
  case read(Value)
  /// The reason as a clause, and who can mend it as a phrase.
  case unreadable(reason: String, remedy: String)
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
  /// Whether Microsoft's own demand on its administration portals counts.
  var countsMandatoryMFA = true
  /// Whether legacy per-user MFA may be in use.
  var usesPerUserMFA = true
}
