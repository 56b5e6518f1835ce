/// Cognito's operations; the scope of a route holds the members its body may have.
enum CognitoCalls {
  typealias Context = AWSAPI.Context

  static let routes: [Route<Context>] = [
    .aws("cognito-idp:ListUserPools", "MaxResults NextToken", pools),
    .aws("cognito-idp:DescribeUserPool", "UserPoolId", describe),
    .aws("cognito-idp:GetUserPoolMfaConfig", "UserPoolId", mfa),
    .aws("cognito-idp:ListUserPoolClients", "UserPoolId MaxResults NextToken", clients),
    .aws("cognito-idp:DescribeUserPoolClient", "UserPoolId ClientId", client),
    .aws("cognito-idp:ListIdentityProviders", "UserPoolId MaxResults NextToken", providers),
    .aws("cognito-idp:ListUsers", "UserPoolId Limit PaginationToken Filter AttributesToGet", users),
    .aws("cognito-idp:AdminGetUser", "UserPoolId Username", user),
  ]

  private static func pool(_ context: Context) throws -> CognitoPool {
    guard let id = context.json["UserPoolId"]?.text else {
      throw AWSAPI.refusal("ValidationError", "UserPoolId is required.")
    }
    guard let pool = context.account.userPools.first(where: { $0.id == id }) else {
      throw AWSAPI.refusal("NoSuchEntity", "User pool \(id) does not exist.")
    }
    return pool
  }

  private static func pools(_ call: Call, _ context: Context) throws -> Reply {
    guard context.json["MaxResults"] != nil else {
      throw AWSAPI.refusal("ValidationError", "MaxResults is required.")
    }
    return try AWSPage(
      context.account.userPools.map { ["Id": .string($0.id), "Name": .string($0.name)] }, "pools",
      token: context.json["NextToken"], limit: context.json["MaxResults"], allowed: 1...60,
      default: 60
    ).reply("UserPools", token: "NextToken")
  }

  private static func describe(_ call: Call, _ context: Context) throws -> Reply {
    let pool = try pool(context)
    let lambdas: JSON? =
      pool.definesChallenges
      ? [
        "DefineAuthChallenge": "arn:aws:lambda:eu-west-1:111122223333:function:define",
        "CreateAuthChallenge": "arn:aws:lambda:eu-west-1:111122223333:function:create",
        "VerifyAuthChallengeResponse": "arn:aws:lambda:eu-west-1:111122223333:function:verify",
      ] : [:]
    let signIn: JSON? = pool.firstFactors.map {
      ["SignInPolicy": ["AllowedFirstAuthFactors": .strings($0)]]
    }
    return Reply(json: [
      "UserPool": .compact([
        "Id": .string(pool.id), "Name": .string(pool.name),
        "MfaConfiguration": .string(pool.describedMFA ?? pool.mfa),
        "Policies": signIn ?? ["PasswordPolicy": ["MinimumLength": 12]], "LambdaConfig": lambdas,
        "UserPoolAddOns": pool.threatProtection.map { ["AdvancedSecurityMode": .string($0)] },
        "DeviceConfiguration": pool.remembersDevices
          ? ["ChallengeRequiredOnNewDevice": true, "DeviceOnlyRememberedOnUserPrompt": true] : nil,
        "UserPoolTier": "ESSENTIALS", "CreationDate": 1_706_041_056.125,
        "EstimatedNumberOfUsers": .integer(pool.users.count),
      ]).merging(.object(pool.extra))
    ])
  }

  private static func mfa(_ call: Call, _ context: Context) throws -> Reply {
    let pool = try pool(context)
    return Reply(
      json: .compact([
        "MfaConfiguration": .string(pool.mfa),
        "SoftwareTokenMfaConfiguration": ["Enabled": .bool(pool.mfa != "OFF")],
        "WebAuthnConfiguration": pool.passkeys.map {
          ["UserVerification": "preferred", "FactorConfiguration": .string($0)]
        },
      ]).merging(.object(pool.extraMFA)))
  }

  private static func clients(_ call: Call, _ context: Context) throws -> Reply {
    let pool = try pool(context)
    let rows: [JSON] = pool.clients.map {
      ["ClientId": .string($0.id), "ClientName": .string($0.name), "UserPoolId": .string(pool.id)]
    }
    return try AWSPage(
      rows, "clients", token: context.json["NextToken"], limit: context.json["MaxResults"],
      allowed: 1...60, default: 60
    ).reply("UserPoolClients", token: "NextToken")
  }

  private static func client(_ call: Call, _ context: Context) throws -> Reply {
    let pool = try pool(context)
    let id = context.json["ClientId"]?.text ?? ""
    guard let client = pool.clients.first(where: { $0.id == id }) else {
      throw AWSAPI.refusal("NoSuchEntity", "User pool client \(id) does not exist.")
    }
    return Reply(json: [
      "UserPoolClient": .compact([
        "UserPoolId": .string(pool.id), "ClientId": .string(client.id),
        "ClientName": .string(client.name), "ClientSecret": "mockClientSecretNeverToBeShown",
        "ExplicitAuthFlows": client.flows.map { .strings($0) },
        "SupportedIdentityProviders": client.identityProviders.map { .strings($0) },
        "AllowedOAuthFlowsUserPoolClient": .bool(client.allowsOAuth),
      ]).merging(.object(client.extra))
    ])
  }

  private static func providers(_ call: Call, _ context: Context) throws -> Reply {
    let rows: [JSON] = try pool(context).identityProviders.map {
      ["ProviderName": .string($0), "ProviderType": "SAML"]
    }
    return try AWSPage(
      rows, "providers", token: context.json["NextToken"], limit: context.json["MaxResults"],
      allowed: 0...60, default: 60
    ).reply("Providers", token: "NextToken")
  }

  private static func users(_ call: Call, _ context: Context) throws -> Reply {
    let pool = try pool(context)
    return try AWSPage(
      pool.users.map { row($0, attributes: "Attributes") }, "users",
      token: context.json["PaginationToken"], limit: context.json["Limit"], allowed: 0...60,
      default: 60
    ).reply("Users", token: "PaginationToken")
  }

  private static func user(_ call: Call, _ context: Context) throws -> Reply {
    let pool = try pool(context)
    let name = context.json["Username"]?.text ?? ""
    guard let user = pool.users.first(where: { $0.name == name }) else {
      throw AWSAPI.refusal("UserNotFoundException", "User does not exist.")
    }
    var row = row(user, attributes: "UserAttributes")
    if !user.factors.isEmpty {
      row["UserMFASettingList"] = .strings(user.factors)
      row["PreferredMfaSetting"] = .string(user.factors[0])
    }
    return Reply(json: row)
  }

  private static func row(_ user: CognitoUser, attributes key: String) -> JSON {
    var attributes: [JSON] = [["Name": "sub", "Value": .string(Identifier.uuid(user.name))]]
    if let email = user.email {
      attributes.append(["Name": "email", "Value": .string(email)])
    }
    if !user.identities.isEmpty {
      let rows = user.identities.map { name -> JSON in
        [
          "userId": .string(user.subjects[name] ?? user.name), "providerName": .string(name),
          "providerType": "SAML",
          "issuer": .null, "primary": true, "dateCreated": 1_706_041_056_125,
        ]
      }
      let text = String(decoding: JSON.array(rows).bytes, as: UTF8.self)
      attributes.append(["Name": "identities", "Value": .string(text)])
    }
    return [
      "Username": .string(user.name), key: .array(attributes), "Enabled": .bool(user.isEnabled),
      "UserStatus": .string(user.status), "UserCreateDate": 1_706_041_056.125,
      "UserLastModifiedDate": 1_706_041_056.125,
    ]
  }
}
