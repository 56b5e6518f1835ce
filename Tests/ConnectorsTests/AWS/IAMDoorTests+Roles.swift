import IdentityCore
import MockIdP

@testable import AWS
@testable import ConnectorKit

/// What trust policies of roles let people do, and who else comes by them.
extension IAMDoorTests {
  private static let role = "arn:aws:iam::111122223333:role/deploy"
  private static let anaItself = #"{"AWS":"arn:aws:iam::111122223333:user/ana"}"#
  private static let everybodyHere = #"{"AWS":["arn:aws:iam::111122223333:root"]}"#
  private static let withMFA =
    #","Condition":{"Bool":{"aws:MultiFactorAuthPresent":"true"}}"#

  /// A user who may do nothing, or what a document says; beside a role.
  @Sendable private static func only(
    _ document: String?, trust: String
  ) -> @Sendable (inout AWSAccount) -> Void {
    return {
      $0.users[0] = IAMUser("ana")
      $0.users[0].allowed = []
      $0.users[0].inlinePolicy = document
      $0.iamRoles = [IAMRole("deploy", trusts: trust)]
    }
  }

  static let roles: [World] = [
    World(
      situation: "no policies, and a role names the user", expected: .notEnforced,
      words: "sts:AssumeRole on \(role)", change: only(nil, trust: anaItself)),
    World(
      situation: "no policies, and a role names a user who has a key", expected: .notEnforced,
      words: "sts:AssumeRole on \(role)"
    ) {
      only(nil, trust: anaItself)(&$0)
      $0.users[0].hasPassword = false
      $0.users[0].activeKeys = 1
    },
    World(
      situation: "a boundary does not stand before a role that names the user",
      expected: .notEnforced
    ) {
      only(nil, trust: anaItself)(&$0)
      $0.users[0].boundary = IAMDocuments.allow("iam:GetUser")
    },
    World(
      situation: "a role names a user to whom everything is denied without MFA",
      expected: .enforced
    ) { $0.iamRoles = [IAMRole("deploy", trusts: anaItself)] },
    World(
      situation: "a role names the user and asks for MFA", expected: .cannotTell,
      words: "policies of resources", change: only(nil, trust: anaItself + withMFA)),
    World(
      situation: "the same, and no other resource allows anything", expected: .enforced,
      vouches: Vouch.for("resource-policies"),
      change: only(nil, trust: anaItself + withMFA)),
    World(
      situation: "a role names the user if an address is right", expected: .cannotTell,
      words: "sts:AssumeRole on \(role)",
      change: only(
        nil, trust: anaItself + #","Condition":{"IpAddress":{"aws:SourceIp":"10.0.0.0/8"}}"#)),
    World(
      situation: "no policies at all", expected: .cannotTell, words: "policies of resources",
      change: only(nil, trust: everybodyHere)),
    World(
      situation: "a role that leaves it to the user's policy", expected: .notEnforced,
      words: "sts:AssumeRole on \(role)",
      change: only(IAMDocuments.allow("sts:AssumeRole", on: role), trust: everybodyHere)),
    World(
      situation: "the only thing allowed is a role that asks for MFA", expected: .cannotTell,
      words: "policies of resources",
      change: only(IAMDocuments.allow("sts:AssumeRole", on: role), trust: everybodyHere + withMFA)),
    World(
      situation: "the same, and no other resource allows anything: the role is what MFA is for",
      expected: .enforced, vouches: Vouch.for("resource-policies"),
      change: only(IAMDocuments.allow("sts:AssumeRole", on: role), trust: everybodyHere + withMFA)),
    World(
      situation: "any role is allowed, the simulator agrees, and the only one asks for MFA",
      expected: .cannotTell, words: "roles of other accounts"
    ) {
      $0.users[0] = IAMUser("ana")
      $0.users[0].allowed = ["sts:AssumeRole"]
      $0.iamRoles = [IAMRole("deploy", trusts: everybodyHere + withMFA)]
    },
    World(
      situation: "an administrator without MFA, beside a role that asks for it",
      expected: .notEnforced
    ) {
      only(IAMDocuments.allow("*"), trust: everybodyHere + withMFA)(&$0)
      $0.users[0].allowed = IAMConfiguration.defaultActions
    },
    World(
      situation: "a role for whoever has a certificate", expected: .cannotTell,
      words: "rolesanywhere.amazonaws.com", line: (.outsiders, .unknown)
    ) { $0.iamRoles = [IAMRole("ra", trusts: #"{"Service":"rolesanywhere.amazonaws.com"}"#)] },
    World(
      situation: "a role for whatever thing has a certificate", expected: .cannotTell,
      words: "credentials.iot.amazonaws.com", line: (.outsiders, .unknown)
    ) {
      $0.iamRoles = [
        IAMRole(
          "iot", trusts: #"{"Service":["ec2.amazonaws.com","credentials.iot.amazonaws.com"]}"#)
      ]
    },
  ]

  static let devices: [World] = [
    World(
      situation: "a key may register a second device", expected: .enforcedConditionally,
      words: "iam:EnableMFADevice of a further device", line: (.registration, .judged),
      change: registering),
    World(situation: "a key may register the first device", expected: .enforced) {
      registering(&$0)
      $0.users[0].device = nil
    },
    World(
      situation: "a password may register a second device, after the first one was asked for",
      expected: .enforced
    ) {
      registering(&$0)
      $0.users[0].activeKeys = 0
    },
    World(
      situation: "nobody says whether there is a device before a key registers one",
      expected: .enforcedConditionally, words: "further device"
    ) {
      registering(&$0)
      $0.users[0].reportedDevice = "N/A"
    },
    World(
      situation: "a key asks for a session without MFA, whose requests say so",
      expected: .notEnforced, words: "access key"
    ) { keyOnly(["s3:ListAllMyBuckets"], &$0) },
    World(
      situation: "such a session does nothing at IAM", expected: .enforced,
      vouches: Vouch.for("resource-policies")
    ) { keyOnly(["iam:ListUsers"], &$0) },
    World(
      situation: "nothing but an API key of one service", expected: .notEnforced,
      words: "lets this action through", line: (.serviceCredentials, .judged), change: apiKey),
    World(
      situation: "nobody may say whether there is such a key", expected: .cannotTell,
      words: "credential of a single service"
    ) {
      apiKey(&$0)
      $0.denied = ["iam:ListServiceSpecificCredentials"]
    },
    World(
      situation: "neither that nor another key", expected: .notEvaluated, words: "cannot sign in"
    ) {
      apiKey(&$0)
      $0.users[0].serviceCredentials = []
    },
    World(
      situation: "nothing but a credential for git", expected: .notEvaluated,
      words: "cannot sign in"
    ) {
      apiKey(&$0)
      $0.users[0].serviceCredentials = ["codecommit.amazonaws.com"]
    },
  ]

  @Sendable private static func registering(_ account: inout AWSAccount) {
    account.users[0].allowed.append("iam:EnableMFADevice")
    account.users[0].activeKeys = 1
    account.users[0].device = "arn:aws:iam::111122223333:mfa/ana"
  }

  /// A key and nothing else, denied everything where requests say nothing of MFA.
  private static func keyOnly(_ allowed: [String], _ account: inout AWSAccount) {
    account.users[0] = IAMUser("ana", gate: .null, activeKeys: 1)
    account.users[0].hasPassword = false
    account.users[0].allowed = allowed
  }

  @Sendable private static func apiKey(_ account: inout AWSAccount) {
    account.users[0] = IAMUser("ana")
    account.users[0].hasPassword = false
    account.users[0].serviceCredentials = ["bedrock.amazonaws.com"]
  }
}
