extension Vendor {
  /// Microsoft Graph and the token endpoint of Entra ID.
  public static let entra = Vendor(rawValue: "entra")
}

/// An Entra ID tenant.
///
/// Principals (users, groups, service principals) are named by id, user principal name or display name.
public struct EntraTenant: VendorScenario {
  /// The vendor.
  public static var vendor: Vendor { .entra }

  /// The tenant's id, as it stands in the path of the token endpoint.
  public var tenantID = "0aa0a0aa-0000-4000-8000-00000000000a"
  /// The registered applications that may ask for tokens.
  public var clients: [EntraClient] = [EntraClient()]
  /// Whether the tenant has Entra ID P1: without it Conditional Access and reports are refused.
  public var isPremium = true
  /// Whether it has Entra ID P2: without it nobody can be eligible for anything.
  public var hasPrivilegedAccess = true
  /// The accounts, in the order in which lists show them.
  public var users: [EntraUser] = []
  /// The groups.
  public var groups: [EntraGroup] = []
  /// The role assignments.
  public var roles: [EntraRoleAssignment] = []
  /// The enterprise applications.
  public var apps: [EntraApp] = []
  /// The domains; without any the tenant has one that is managed.
  public var domains: [EntraDomain] = []
  /// Conditional Access policies in Microsoft's shape; what is left out is what a new policy has.
  public var policies: [JSON] = []
  /// Named locations in Microsoft's shape, `@odata.type` included.
  public var locations: [JSON] = []
  /// Authentication strengths in Microsoft's shape, beside the three built-in ones.
  public var strengths: [JSON] = []
  /// Methods of authentication in Microsoft's shape, `@odata.type` included, beside those that a new tenant has.
  public var methods: [JSON] = []
  /// Policies of home realm discovery in Microsoft's shape.
  public var homeRealm: [JSON] = []
  /// Whether security defaults are on.
  public var securityDefaults = false
  /// Inbound trust of the cross-tenant default.
  public var acceptsMFAOfAll = false
  /// Partners of the cross-tenant settings in Microsoft's shape.
  public var partners: [JSON] = []
  /// The largest page of any list.
  public var maxPage = 999
  /// How many requests a second Conditional Access takes, as Microsoft's limit is 1; nil is without limit.
  public var conditionalAccessRate: Int?
  /// Groups and policies by a formula, over the people of the scenario's population; for large tenants.
  public var generated: EntraGenerated?
  /// What is taken out of replies, for tests; it stands in no scenario file.
  public var damage: ReplyDamage?

  /// The first secret.
  public var token: String { clients.first?.secret ?? "" }

  private enum CodingKeys: CodingKey {
    case tenantID, clients, isPremium, hasPrivilegedAccess, users, groups, roles, apps, domains,
      policies, locations,
      strengths, methods, homeRealm, securityDefaults, acceptsMFAOfAll, partners, maxPage,
      conditionalAccessRate,
      generated
  }

  /// Makes an empty tenant that accepts the default secret.
  public init() {}

  /// Reads a tenant; every part may be missing.
  public init(from decoder: any Decoder) throws {
    let values = try decoder.container(keyedBy: CodingKeys.self)
    try values.read(.tenantID, into: &tenantID)
    try values.read(.clients, into: &clients)
    try values.read(.isPremium, into: &isPremium)
    try values.read(.hasPrivilegedAccess, into: &hasPrivilegedAccess)
    try values.read(.users, into: &users)
    try values.read(.groups, into: &groups)
    try values.read(.roles, into: &roles)
    try values.read(.apps, into: &apps)
    try values.read(.domains, into: &domains)
    try values.read(.policies, into: &policies)
    try values.read(.locations, into: &locations)
    try values.read(.strengths, into: &strengths)
    try values.read(.methods, into: &methods)
    try values.read(.homeRealm, into: &homeRealm)
    try values.read(.securityDefaults, into: &securityDefaults)
    try values.read(.acceptsMFAOfAll, into: &acceptsMFAOfAll)
    try values.read(.partners, into: &partners)
    try values.read(.maxPage, into: &maxPage)
    try values.read(.conditionalAccessRate, into: &conditionalAccessRate)
    try values.read(.generated, into: &generated)
  }
}

/// Groups and policies by a formula.
public struct EntraGenerated: Codable, Sendable, Hashable {
  /// How many groups there are; one in twenty is a division that holds other groups.
  public var groups: Int
  /// How many Conditional Access policies there are.
  public var policies: Int

  /// Makes a formula.
  public init(groups: Int = 2000, policies: Int = 300) {
    self.groups = groups
    self.policies = policies
  }
}
