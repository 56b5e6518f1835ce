/// Heroku's JSON for the parts of a scenario.
enum HerokuShapes {
  /// An identity provider and who owns it.
  struct OwnedProvider: Sendable {
    var provider: HerokuIdentityProvider
    var owner: (id: String, name: String, type: String)
  }

  /// What Heroku leaves out of member lists: the pseudo-account that owns a team's apps.
  static func managerEmail(_ team: HerokuTeam) -> String { "\(team.name)@herokumanager.com" }

  static func memberID(_ member: HerokuMember, _ team: HerokuTeam) -> String {
    member.id ?? Identifier.uuid("member \(team.name) \(member.email)")
  }

  static func userID(_ email: String) -> String { Identifier.uuid("user " + email) }

  /// The provider that a team's people sign in through: its own, else its account's.
  static func provider(of team: HerokuTeam, _ organisation: Organisation) -> OwnedProvider? {
    if let own = team.identityProviders.first {
      return OwnedProvider(provider: own, owner: (team.id, team.name, "team"))
    }
    let accounts = organisation.scenario.heroku.enterpriseAccounts
    guard let account = accounts.first(where: { $0.name == team.enterpriseAccount }),
      let provider = account.identityProvider
    else { return nil }
    return OwnedProvider(
      provider: provider, owner: (account.id, account.name, "enterprise-account"))
  }

  private static func write(_ owned: OwnedProvider, to json: inout JSONWriter) {
    json.beginObject()
    json.field("id", owned.provider.id)
    json.field("name", owned.provider.name)
    json.field("redacted", owned.provider.isRedacted)
    json.key("owner")
    json.beginObject()
    json.field("id", owned.owner.id)
    json.field("name", owned.owner.name)
    json.field("type", owned.owner.type)
    json.endObject()
    json.endObject()
  }

  private static func json(_ owned: OwnedProvider?) -> JSON {
    guard let owned else { return .null }
    var writer = JSONWriter()
    write(owned, to: &writer)
    return (try? JSON(parsing: writer.bytes)) ?? .null
  }

  /// Writes one team member.
  static func write(
    _ member: HerokuMember, of team: HerokuTeam, _ owned: OwnedProvider?, to json: inout JSONWriter
  ) {
    if let raw = member.raw {
      var plain = member
      plain.raw = nil
      var writer = JSONWriter()
      write(plain, of: team, owned, to: &writer)
      let shape = (try? JSON(parsing: writer.bytes)) ?? .object([:])
      json.value(shape.merging(raw))
      return
    }
    json.beginObject()
    json.field("created_at", "2025-02-01T09:00:00Z")
    json.field("updated_at", seconds(member.updatedAt))
    json.field("email", member.email)
    json.field("federated", member.isFederated)
    json.field("id", memberID(member, team))
    json.key("identity_provider")
    if let owned, member.isFederated { write(owned, to: &json) } else { json.raw("null") }
    json.key("role")
    if let role = member.role { json.string(role) } else { json.raw("null") }
    if let twoFactor = member.twoFactor { json.field("two_factor_authentication", twoFactor) }
    json.key("user")
    json.beginObject()
    json.field("id", userID(member.email))
    json.field("email", member.email)
    json.key("name")
    if let name = member.name { json.string(name) } else { json.raw("null") }
    json.endObject()
    json.endObject()
  }

  /// One team member as a value.
  static func member(
    _ member: HerokuMember, of team: HerokuTeam, _ organisation: Organisation
  ) -> JSON {
    var writer = JSONWriter()
    write(member, of: team, provider(of: team, organisation), to: &writer)
    return (try? JSON(parsing: writer.bytes)) ?? .null
  }

  static func team(_ team: HerokuTeam, role: String?, _ organisation: Organisation) -> JSON {
    let accounts = organisation.scenario.heroku.enterpriseAccounts
    let account = accounts.first { $0.name == team.enterpriseAccount }
    return [
      "id": .string(team.id), "name": .string(team.name), "type": .string(team.type),
      "role": role.map { .string($0) } ?? .null, "default": false, "membership_limit": .null,
      "provisioned_licenses": .bool(team.type == "enterprise"), "credit_card_collections": false,
      "identity_provider": slug(provider(of: team, organisation)),
      "enterprise_account": account.map { ["id": .string($0.id), "name": .string($0.name)] }
        ?? .null,
      "created_at": "2024-01-01T00:00:00Z", "updated_at": "2026-05-01T09:00:00Z",
    ]
  }

  private static func slug(_ owned: OwnedProvider?) -> JSON {
    guard var value = json(owned).properties else { return .null }
    value["redacted"] = nil
    if let name = value.removeValue(forKey: "name") { value["slug"] = name; value["name"] = name }
    return .object(value)
  }

  static func identityProvider(
    _ provider: HerokuIdentityProvider, _ team: HerokuTeam, oktaURL: String
  ) -> JSON {
    [
      "id": .string(provider.id), "entity_id": .string(provider.entityID),
      "sso_target_url": .string(provider.ssoTargetURL.replacing("{okta}", with: oktaURL)),
      "slo_target_url": .null,
      "certificate": "-----BEGIN CERTIFICATE-----\nMIIBmock\n-----END CERTIFICATE-----",
      "organization": ["name": .string(team.name)],
      "owner": ["id": .string(team.id), "name": .string(team.name), "type": "team"],
      "created_at": "2024-01-01T00:00:00Z", "updated_at": "2026-05-01T09:00:00Z",
    ]
  }

  static func enterpriseAccount(_ account: EnterpriseAccount) -> JSON {
    let owned = account.identityProvider.map {
      OwnedProvider(provider: $0, owner: (account.id, account.name, "enterprise-account"))
    }
    return [
      "id": .string(account.id), "name": .string(account.name),
      "identity_provider": slug(owned), "permissions": .strings(["view"]), "trial": false,
      "created_at": "2024-01-01T00:00:00Z", "updated_at": "2026-05-01T09:00:00Z",
    ]
  }

  static func enterpriseMember(_ member: EnterpriseMember, of account: EnterpriseAccount) -> JSON {
    let owned = account.identityProvider.map {
      OwnedProvider(provider: $0, owner: (account.id, account.name, "enterprise-account"))
    }
    let permissions = member.permissions.map { permission($0) }
    let shape = JSON.compact([
      "id": .string(Identifier.uuid("enterprise member \(member.email)")),
      "enterprise_account": ["id": .string(account.id), "name": .string(account.name)],
      "permissions": .array(permissions),
      "two_factor_authentication": member.twoFactor.map { .bool($0) },
      "identity_provider": member.isFederated ? json(owned) : .null,
      "user": ["id": .string(userID(member.email)), "email": .string(member.email)],
    ])
    return shape.merging(member.raw)
  }

  static func app(_ app: HerokuApp, of team: HerokuTeam, isJoined: Bool) -> JSON {
    [
      "id": .string(app.id), "name": .string(app.name), "locked": .bool(app.isLocked),
      "joined": .bool(isJoined), "team": ["id": .string(team.id), "name": .string(team.name)],
      "owner": [
        "id": .string(userID(managerEmail(team))), "email": .string(managerEmail(team)),
      ],
      "archived_at": .null, "space": .null, "created_at": "2024-01-01T00:00:00Z",
      "updated_at": "2026-05-01T09:00:00Z",
    ]
  }

  /// An app that belongs to an account and to no team.
  static func personalApp(_ app: HerokuApp, owner: String) -> JSON {
    [
      "id": .string(app.id), "name": .string(app.name), "team": .null,
      "owner": ["id": .string(userID(owner)), "email": .string(owner)], "archived_at": .null,
      "space": .null, "created_at": "2024-01-01T00:00:00Z", "updated_at": "2026-05-01T09:00:00Z",
    ]
  }

  static func permission(_ name: String) -> JSON {
    ["name": .string(name), "description": .string("Can \(name).")]
  }

  static func collaboratorID(_ collaborator: HerokuCollaborator, of app: HerokuApp) -> String {
    Identifier.uuid("collaborator \(app.name) \(collaborator.email)")
  }

  static func collaborator(
    _ collaborator: HerokuCollaborator, of app: HerokuApp, withPermissions: Bool
  ) -> JSON {
    .compact([
      "id": .string(collaboratorID(collaborator, of: app)),
      "app": ["id": .string(app.id), "name": .string(app.name)],
      "role": collaborator.role.map { .string($0) } ?? .null,
      "permissions": withPermissions
        ? .array(collaborator.permissions.sorted().map { permission($0) }) : nil,
      "user": [
        "id": .string(userID(collaborator.email)), "email": .string(collaborator.email),
        "federated": .bool(collaborator.isFederated),
      ],
      "created_at": "2026-01-02T03:04:05Z", "updated_at": "2026-01-02T03:04:05Z",
    ])
  }

  static func invitation(_ invitation: HerokuInvitation, to team: HerokuTeam) -> JSON {
    [
      "id": .string(invitation.id), "role": .string(invitation.role),
      "team": ["id": .string(team.id), "name": .string(team.name)],
      "user": [
        "id": .string(userID(invitation.email)), "email": .string(invitation.email),
        "name": .null,
      ],
      "invited_by": [
        "id": .string(userID(invitation.invitedBy)), "email": .string(invitation.invitedBy),
        "name": .null,
      ],
      "created_at": "2026-04-20T08:00:00Z", "updated_at": "2026-04-20T08:00:00Z",
    ]
  }

  /// Heroku's times have no fraction.
  private static func seconds(_ time: String) -> String {
    guard let dot = time.firstIndex(of: ".") else { return time }
    return time[..<dot] + "Z"
  }
}
