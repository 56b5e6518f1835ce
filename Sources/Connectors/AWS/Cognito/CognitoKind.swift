package import ConnectorKit
package import IdentityCore

/// Amazon Cognito user pools as a provider.
package struct CognitoKind: SourceKind {
  package let word = "cognito"
  package let address = SourceAddress.standard("https://cognito-idp.{region}.amazonaws.com")
  package let inventory = CognitoDoors.allCases.map(\.row)
  package let example = """
    customers:
      kind: cognito
      user_pool: eu-west-1_AbCdEf123     # or name it in the app: eu-west-1_AbCdEf123/<client id>
      region: eu-west-1                  # by default that of the user pool
      \(AWSAccessKeys.example)
      collect: [factors]                 # one request a watched person, only in pools with optional MFA
    """
  package let card = SourceCard(
    title: "Amazon Cognito user pools", roles: [.provider],
    proves: ["pools that require MFA, for people who sign in at the pool itself"],
    conditional: [
      "custom authentication by Lambda functions, and passkeys that count as one factor",
      "MFA by risk: threat protection in a pool with optional MFA",
      "a remembered device that stands in for the second factor",
    ],
    cannotTell: [
      "another identity provider that the app client offers, linked or not, unless it is a source too"
    ],
    rights: [
      "cognito-idp:DescribeUserPool, GetUserPoolMfaConfig, DescribeUserPoolClient, ListIdentityProviders, ListUsers",
      "cognito-idp:ListUserPools where no user pool is named; AdminGetUser with collect: [factors]",
      "sts:AssumeRole with assume_role",
    ],
    requests: "a page for each 60 users of the pool, three a pool, one an app client")

  package init() {}

  package func configure(_ keys: any SourceKeys) -> SourceMaker? {
    let pool = keys.string("user_pool")
    if let pool, !CognitoConfiguration.isPoolID(pool) {
      keys.reject("user_pool", "expected a user pool id such as eu-west-1_AbCdEf123")
    }
    let region = AWSAccessKeys.region(keys, pool.flatMap { CognitoConfiguration.region(of: $0) })
    let access = AWSAccessKeys(keys)
    let collectFactors = keys.collectsFactors()
    guard let region, let access else { return nil }
    return { context in
      CognitoConnector(
        configuration: CognitoConfiguration(
          name: context.name, url: AWSAddress.configured(context.url), region: region,
          access: try access.resolve(context), userPool: pool, vouches: context.vouches,
          collectFactors: collectFactors,
          maxConcurrent: context.maxConcurrent),
        transport: context.transport, clock: context.clock, logger: context.logger)
    }
  }
}
