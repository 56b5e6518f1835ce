/// The operations of Identity Center and its identity store.
enum IdentityCenterCalls {
  typealias Context = AWSAPI.Context

  static let routes: [Route<Context>] = [
    .aws("sso:ListInstances", "MaxResults NextToken", instances),
    .aws("identitystore:ListUsers", "IdentityStoreId MaxResults NextToken Filters", users),
    .aws("identitystore:ListGroups", "IdentityStoreId MaxResults NextToken Filters", groups),
    .aws(
      "identitystore:ListGroupMemberships", "IdentityStoreId GroupId MaxResults NextToken",
      memberships),
  ]

  private static func directory(_ context: Context) throws -> IdentityCenterInstance {
    guard let instance = context.account.identityCenter,
      instance.store == context.json["IdentityStoreId"]?.text
    else { throw AWSAPI.refusal("NoSuchEntity", "IDENTITYSTORE not found.") }
    return instance
  }

  private static func groups(_ call: Call, _ context: Context) throws -> Reply {
    let rows = try directory(context).groups.keys.sorted().map { name -> JSON in
      ["GroupId": .string(Identifier.uuid("group \(name)")), "DisplayName": .string(name)]
    }
    return try AWSPage(
      rows, "groups", token: context.json["NextToken"], limit: context.json["MaxResults"],
      allowed: 1...100, default: 100
    ).reply("Groups", token: "NextToken")
  }

  private static func memberships(_ call: Call, _ context: Context) throws -> Reply {
    let id = context.json["GroupId"]?.text
    let members = try directory(context).groups.first { Identifier.uuid("group \($0.key)") == id }
    guard let members else { throw AWSAPI.refusal("ResourceNotFoundException", "GROUP not found.") }
    let rows = members.value.map { email -> JSON in
      [
        "MembershipId": .string(Identifier.uuid("in \(email)")), "GroupId": .string(id ?? ""),
        "MemberId": ["UserId": .string(Identifier.uuid(email))],
      ]
    }
    return try AWSPage(
      rows, "memberships", token: context.json["NextToken"], limit: context.json["MaxResults"],
      allowed: 1...100, default: 100
    ).reply("GroupMemberships", token: "NextToken")
  }

  private static func instances(_ call: Call, _ context: Context) throws -> Reply {
    let rows: [JSON] = [context.account.identityCenter].compactMap { $0 }.map {
      [
        "InstanceArn": .string("arn:aws:sso:::instance/\($0.id)"),
        "IdentityStoreId": .string($0.store), "Name": "acme", "Status": "ACTIVE",
        "OwnerAccountId": .string(context.account.id), "CreatedDate": 1_706_041_056.125,
      ]
    }
    return try AWSPage(
      rows, "instances", token: context.json["NextToken"], limit: context.json["MaxResults"],
      allowed: 1...100, default: 100
    ).reply("Instances", token: "NextToken")
  }

  private static func externalIDs(_ email: String, _ instance: IdentityCenterInstance) -> JSON? {
    let issuers = instance.issuers[email] ?? [instance.issuer].compactMap { $0 }
    guard !issuers.isEmpty else { return nil }
    return .array(
      issuers.map {
        ["Issuer": .string($0), "Id": .string(Identifier.uuid("external \($0) \(email)"))]
      })
  }

  private static func users(_ call: Call, _ context: Context) throws -> Reply {
    guard let instance = context.account.identityCenter,
      instance.store == context.json["IdentityStoreId"]?.text
    else { throw AWSAPI.refusal("NoSuchEntity", "IDENTITYSTORE not found.") }
    let rows: [JSON] = instance.people.map { email in
      .compact([
        "UserId": .string(Identifier.uuid(email)), "IdentityStoreId": .string(instance.store),
        "UserName": .string(email), "DisplayName": .string(email),
        "Emails": [["Value": .string(email), "Primary": true, "Type": "work"]],
        "UserStatus": .string(instance.disabled.contains(email) ? "DISABLED" : "ENABLED"),
        "ExternalIds": externalIDs(email, instance),
      ])
    }
    var reply = try AWSPage(
      rows, "store", token: context.json["NextToken"], limit: context.json["MaxResults"],
      allowed: 1...100, default: 100
    ).reply("Users", token: "NextToken")
    if let type = instance.contentType { reply.setHeader("Content-Type", type) }
    return reply
  }
}
