import IdentityCore
import MockIdP

@testable import AWS
@testable import ConnectorKit

extension ConformanceCase {
  static let cognito = ConformanceCase(
    "Cognito", vendor: .aws, small: cognitoScenario(), paged: cognitoScenario(others: 150),
    empty: cognitoScenario(isEmpty: true),
    endpoints: [
      Endpoint(
        "cognito-idp:DescribeUserPool", required: ["UserPool.Id"], optional: ["UserPool.Name"]),
      Endpoint(
        "cognito-idp:GetUserPoolMfaConfig", whenRefused: .certainty,
        required: ["MfaConfiguration"]),
      Endpoint("cognito-idp:ListIdentityProviders", required: ["Providers"]),
      Endpoint(
        "cognito-idp:DescribeUserPoolClient", answersAbsence: true,
        required: ["UserPoolClient.ClientId"], optional: ["UserPoolClient.ClientName"]),
      Endpoint("cognito-idp:ListUsers", .list, required: ["Username", "Enabled", "UserStatus"]),
    ],
    verdicts: [.enforced, .cannotTell, .notEvaluated], fieldWorlds: cognitoWorlds,
    absences: [
      "cognito-idp:DescribeUserPoolClient /UserPoolClient/ExplicitAuthFlows":
        "a client that names no flow has those that AWS lists as the default",
      "cognito-idp:DescribeUserPool /UserPool/LambdaConfig/DefineAuthChallenge":
        "a pool shows the functions that it has",
      "cognito-idp:DescribeUserPool /UserPool/DeviceConfiguration":
        "a pool that remembers no devices has none (API_UserPoolType)",
      "cognito-idp:DescribeUserPool /UserPool/UserPoolAddOns":
        "a pool without threat protection has no add-ons (API_UserPoolType)",
    ], secrets: awsSecrets
  ) { bench in
    await ConformanceReading(
      of: bench.cognito(), app: Bench.client,
      people: ["ana@acme.com", "bo@acme.com", "cy@acme.com", "nobody@acme.com"])
  }

  static let iam = ConformanceCase(
    "IAM", vendor: .aws, small: iamScenario(), paged: iamScenario(others: 2_200),
    empty: Scenario.aws { $0.users = [] },
    endpoints: [
      Endpoint("iam:GenerateCredentialReport"), Endpoint("iam:GetCredentialReport"),
      Endpoint("iam:GetAccountSummary", loses: .details),
      Endpoint(
        "iam:GetAccountAuthorizationDetails", .list, hasUniqueRows: false),
      Endpoint("iam:SimulatePrincipalPolicy"), Endpoint("iam:ListServiceSpecificCredentials"),
    ], untold: ["iam:GetAccountAuthorizationDetails /", "iam:SimulatePrincipalPolicy /"],
    secrets: awsSecrets
  ) { bench in
    await ConformanceReading(
      of: bench.iam(), app: "aws-iam:111122223333",
      people: ["ana@acme.com", "bo@acme.com", "cy@acme.com", "dee@acme.com", "nobody@acme.com"])
  }

  static let identityCenter = ConformanceCase(
    "Identity Center", vendor: .aws, small: centerScenario(), paged: centerScenario(others: 250),
    empty: Scenario.aws { $0.identityCenter = IdentityCenterInstance() },
    endpoints: [
      Endpoint("sso:ListInstances", required: ["Instances"]),
      Endpoint(
        "identitystore:ListUsers", .list, required: ["UserId", "UserName", "UserStatus"]),
    ], verdicts: [.enforced, .notEvaluated], secrets: awsSecrets
  ) { bench in
    let connector = bench.identityCenter {
      $0.identitySource = .directory
      $0.attestedMode = .alwaysOn
      $0.vouches = Vouch.for("session-length", "no-device")
    }
    return await ConformanceReading(
      of: connector, app: "aws-sso:ssoins-1234567890abcdef",
      people: ["ana@acme.com", "bo@acme.com", "nobody@acme.com"])
  }

  private static let awsSecrets = [AWSAccount.defaultKey.secret, "mockClientSecretNeverToBeShown"]

  private static func cognitoScenario(others: Int = 0, isEmpty: Bool = false) -> Scenario {
    Scenario.aws {
      var pool = CognitoPool()
      if !isEmpty {
        pool.users = ["ana", "bo", "cy"].map { CognitoUser("\($0)@acme.com") }
        pool.users[1].status = "EXTERNAL_PROVIDER"
        pool.users[2].isEnabled = false
        pool.users += (0..<others).map { CognitoUser("other\($0)@acme.com") }
      }
      $0.userPools = [pool]
    }
  }

  /// Choice among first factors with links, challenges by functions, and MFA by risk.
  private static var cognitoWorlds: [Scenario] {
    let changes: [(inout CognitoPool) -> Void] = [
      {
        $0.passkeys = "SINGLE_FACTOR"
        $0.firstFactors = ["PASSWORD", "WEB_AUTHN"]
        $0.clients[0].flows = ["ALLOW_USER_AUTH"]
        $0.identityProviders = ["Corp", "Other"]
        $0.clients[0].identityProviders = ["COGNITO", "Corp", "Other"]
        $0.users[1].identities = ["Corp", "Other"]
        $0.users[2].identities = ["Other"]
        $0.users[2].status = "EXTERNAL_PROVIDER"
      },
      {
        $0.identityProviders = ["Corp"]
        $0.clients[0].identityProviders = ["COGNITO", "Corp"]
        $0.users[1].status = "EXTERNAL_PROVIDER"
        $0.users[1].identities = ["Corp"]
      },
      {
        $0.remembersDevices = true
        $0.definesChallenges = true
        $0.clients[0].flows = ["ALLOW_USER_SRP_AUTH", "ALLOW_CUSTOM_AUTH"]
      },
      {
        $0.mfa = "OPTIONAL"
        $0.threatProtection = "ENFORCED"
      },
    ]
    return changes.map { change in
      Scenario.aws {
        var pool = CognitoPool(
          users: ["ana", "bo", "cy"].map { CognitoUser("\($0)@acme.com") })
        change(&pool)
        $0.userPools = [pool]
      }
    }
  }

  private static func iamScenario(others: Int = 0) -> Scenario {
    Scenario.aws {
      $0.users = [
        IAMUser("ana", gate: .boolIfExists, activeKeys: 1), IAMUser("bo", gate: .none),
        IAMUser("cy", gate: .bool, activeKeys: 1), IAMUser("dee"),
      ]
      for index in $0.users.indices {
        $0.users[index].policies = ["arn:aws:iam::111122223333:policy/p\(index)"]
      }
      $0.users[3].hasPassword = false
      $0.users += (0..<others).map { IAMUser("other\($0)") }
    }
  }

  private static func centerScenario(others: Int = 0) -> Scenario {
    Scenario.aws {
      var instance = IdentityCenterInstance(people: ["ana@acme.com", "bo@acme.com"])
      instance.disabled = ["bo@acme.com"]
      instance.people += (0..<others).map { "other\($0)@acme.com" }
      $0.identityCenter = instance
    }
  }
}
