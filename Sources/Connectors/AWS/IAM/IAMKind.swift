package import ConnectorKit
package import IdentityCore

/// The users of an AWS account (IAM) as a provider.
///
/// The application is the account: `aws-iam:111122223333`, or the number alone.
package struct IAMKind: SourceKind {
  package let word = "aws-iam"
  package let address = SourceAddress.standard("https://iam.amazonaws.com")
  package let readsGroups = true
  package let inventory = IAMDoors.allCases.map(\.row)
  package let example = """
    production:
      kind: aws-iam
      region: eu-west-1                  # only its partition matters: IAM has one address
      \(AWSAccessKeys.example)
      email_domain: acme.com             # user `ana` is ana@acme.com
      email_tag: email                   # or: the tag of a user that holds the address
      root_email: aws-root@acme.com      # whose the root user is
      sensitive_actions: ["s3:ListAllMyBuckets", "iam:ListUsers"]
      # collect: [factors]               # which devices people have: one request a person with one
    """
  package let card = SourceCard(
    title: "AWS IAM users", roles: [.provider],
    proves: [
      "policies that deny all that they allow without MFA, by their documents and AWS's own policy simulator",
      "the root user with a registered device",
    ],
    conditional: [
      "policies that ask for MFA at the console but not of access keys, or for some actions only"
    ],
    cannotTell: [
      "accounts whose simulator may not be asked, or whose policy documents may not be read",
      "people whom policies of resources may allow something: whoever is not denied everything without MFA",
      "roles that federated people or other accounts take on, unless the operator vouches for them",
      "policies that depend on more than the person, such as the source address",
    ],
    rights: [
      "iam:GenerateCredentialReport, GetCredentialReport, GetAccountSummary, SimulatePrincipalPolicy",
      "iam:GetAccountAuthorizationDetails (policies, groups, roles, tags, who was made since the report)",
      "iam:ListServiceSpecificCredentials, where policies leave something open to them or a user has neither password nor key; ListMFADevices with collect: [factors]",
      "sts:AssumeRole with assume_role",
    ],
    requests:
      "about five, and up to three simulations for each set of policies among watched people")

  package init() {}

  package func configure(_ keys: any SourceKeys) -> SourceMaker? {
    let region = AWSAccessKeys.region(keys, "us-east-1")
    let access = AWSAccessKeys(keys)
    let domain = keys.string("email_domain")
    let tag = keys.string("email_tag")
    let rootEmail = keys.string("root_email")
    let actions = keys.strings("sensitive_actions")
    if let actions,
      actions.isEmpty || actions.count > 64
        || actions.contains(where: { $0.split(separator: ":").count != 2 || $0.contains("*") })
    {
      keys.reject("sensitive_actions", "expected up to 64 actions such as s3:ListAllMyBuckets")
    }
    let collectFactors = keys.collectsFactors()
    guard let region, let access else { return nil }
    return { context in
      let isDefault = context.url == "https://iam.amazonaws.com"
      return IAMConnector(
        configuration: IAMConfiguration(
          name: context.name, url: isDefault ? nil : context.url, region: region,
          access: try access.resolve(context), emailDomain: domain, emailTag: tag,
          rootEmail: rootEmail, sensitiveActions: actions ?? IAMConfiguration.defaultActions,
          vouches: context.vouches, collectFactors: collectFactors,
          maxConcurrent: context.maxConcurrent),
        transport: context.transport, clock: context.clock, logger: context.logger)
    }
  }
}
