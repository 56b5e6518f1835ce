import Foundation
import IdentityCore
import MockIdP
import Testing

@testable import AWS
@testable import ConnectorKit

/// Policy documents for tests.
enum IAMDocuments {
  static let withoutMFA = #"{"BoolIfExists":{"aws:MultiFactorAuthPresent":"false"}}"#
  static let own =
    #""iam:CreateVirtualMFADevice","iam:EnableMFADevice","iam:GetUser","iam:ListMFADevices","sts:GetSessionToken""#

  static func of(_ statements: String...) -> String {
    #"{"Version":"2012-10-17","Statement":["# + statements.joined(separator: ",") + "]}"
  }

  static func allow(_ action: String, on resource: String = "*") -> String {
    of(#"{"Effect":"Allow","Action":"\#(action)","Resource":"\#(resource)"}"#)
  }
}

/// What the five simulated actions do not show of a user.
@Suite("IAM: doors and modifiers") struct IAMDoorTests {
  private static let ana = "ana@acme.com"
  private static let saml = "arn:aws:iam::111122223333:saml-provider/Corp"

  struct World: Sendable, CustomTestStringConvertible {
    var situation: String
    var expected: Verdict
    /// A part of the witness or reason.
    var words = ""
    /// A line of the inventory with its state.
    var line: (row: IAMDoors, state: InventoryEntry.State)?
    var vouches: [Vouch] = []
    var change: @Sendable (inout AWSAccount) -> Void = { _ in }

    var testDescription: String { situation }
  }

  static let documents: [World] = [
    World(
      situation: "AWS's own policy for MFA, with a password and a key", expected: .enforced,
      line: (.policies, .judged)
    ) { $0.users[0].activeKeys = 1 },
    World(
      situation: "one role of another account to take on, and nothing else",
      expected: .cannotTell, words: "sts:AssumeRole on arn:aws:iam::1:role/r"
    ) {
      $0.users[0] = IAMUser("ana")
      $0.users[0].allowed = []
      $0.users[0].inlinePolicy = IAMDocuments.allow("sts:AssumeRole", on: "arn:aws:iam::1:role/r")
    },
    World(
      situation: "one bucket beside what is denied", expected: .enforcedConditionally,
      words: "s3:GetObject on arn:aws:s3:::b/*"
    ) {
      $0.users[0].gated = ["iam:*", "s3:ListAllMyBuckets", "iam:ListUsers"]
      $0.users[0].inlinePolicy = IAMDocuments.allow("s3:GetObject", on: "arn:aws:s3:::b/*")
    },
    World(
      situation: "an administrator whose denial forgets secrets", expected: .enforcedConditionally,
      words: "secretsmanager:*"
    ) {
      $0.users[0].inlinePolicy = IAMDocuments.of(
        #"{"Effect":"Allow","Action":"*","Resource":"*"}"#,
        #"{"Effect":"Deny","NotAction":[\#(IAMDocuments.own),"secretsmanager:*"],"Resource":"*","Condition":\#(IAMDocuments.withoutMFA)}"#
      )
      $0.users[0].gated = ["s3:ListAllMyBuckets", "iam:ListUsers"]
    },
    World(
      situation: "a denial of everything but one bucket", expected: .enforcedConditionally,
      words: "on arn:aws:s3:::open/*"
    ) {
      $0.users[0].grantsDocument = IAMDocuments.of(
        #"{"Effect":"Allow","Action":"s3:*","Resource":"*"}"#,
        #"{"Effect":"Deny","Action":"*","NotResource":"arn:aws:s3:::open/*","Condition":\#(IAMDocuments.withoutMFA)}"#
      )
    },
    World(
      situation: "allowed with MFA only: policies of resources are not known",
      expected: .enforcedConditionally, words: "with action anything else",
      line: (.resourcePolicies, .judged),
      change: allowedWithMFA),
    World(
      situation: "the same, vouched for", expected: .enforced,
      line: (.resourcePolicies, .vouched), vouches: Vouch.for("resource-policies"),
      change: allowedWithMFA),
    World(
      situation: "a denial that asks for the address as well", expected: .enforcedConditionally,
      words: "in some sign-ins"
    ) {
      $0.users[0].grantsDocument = IAMDocuments.of(
        #"{"Effect":"Allow","Action":"s3:*","Resource":"*"}"#,
        #"{"Effect":"Deny","Action":"*","Resource":"*","Condition":{"Bool":{"aws:MultiFactorAuthPresent":"false"},"NotIpAddress":{"aws:SourceIp":"10.0.0.0/8"}}}"#
      )
    },
    World(
      situation: "a denial over TLS only", expected: .enforcedConditionally
    ) {
      $0.users[0].grantsDocument = IAMDocuments.of(
        #"{"Effect":"Allow","Action":"s3:*","Resource":"*"}"#,
        #"{"Effect":"Deny","Action":"*","Resource":"*","Condition":{"Bool":{"aws:SecureTransport":"true"},"BoolIfExists":{"aws:MultiFactorAuthPresent":"false"}}}"#
      )
    },
    World(
      situation: "a denial without TLS beside that without MFA", expected: .enforced
    ) {
      $0.users[0].grantsDocument = IAMDocuments.of(
        #"{"Effect":"Allow","Action":"s3:*","Resource":"*"}"#,
        #"{"Effect":"Deny","Action":"*","Resource":"*","Condition":{"Bool":{"aws:SecureTransport":"false"}}}"#,
        #"{"Effect":"Deny","Action":"*","Resource":"*","Condition":\#(IAMDocuments.withoutMFA)}"#
      )
    },
    World(
      situation: "a group allows what the user's own policies deny nowhere",
      expected: .enforcedConditionally, words: "ec2:Run*"
    ) {
      $0.users[0].gated = ["s3:ListAllMyBuckets", "iam:ListUsers"]
      $0.users[0].groups = ["devs"]
      $0.groupPolicies = ["devs": IAMDocuments.allow("ec2:Run*")]
    },
    World(
      situation: "a boundary that lets nothing through", expected: .notEvaluated,
      line: (.boundaries, .judged), vouches: Vouch.for("resource-policies")
    ) {
      $0.users[0] = IAMUser("ana")
      $0.users[0].allowed = []
      $0.users[0].inlinePolicy = IAMDocuments.allow("*")
      $0.users[0].boundary = IAMDocuments.allow("iam:GetUser")
    },
    World(
      situation: "the documents may not be read", expected: .cannotTell,
      words: "beside the simulated actions", line: (.outsiders, .unknown)
    ) { $0.denied = ["iam:GetAccountAuthorizationDetails"] },
    World(
      situation: "the documents may not be read, and a simulated action is open",
      expected: .notEnforced, vouches: Vouch.for("outsiders")
    ) {
      $0.users[0].gate = .none
      $0.denied = ["iam:GetAccountAuthorizationDetails"]
    },
    World(
      situation: "a statement with a key that nobody knows", expected: .cannotTell,
      words: "Exempt", line: (.unrecognised, .unknown)
    ) {
      $0.users[0].inlinePolicy = IAMDocuments.of(
        #"{"Effect":"Deny","Action":"*","Resource":"*","Exempt":["ana"]}"#)
    },
    World(
      situation: "a statement that neither allows nor denies", expected: .enforcedConditionally,
      words: "with action anything else"
    ) {
      $0.users[0].inlinePolicy = IAMDocuments.of(
        #"{"Effect":"Maybe","Action":"*","Resource":"*"}"#)
    },
    World(
      situation: "a statement without resource", expected: .enforcedConditionally,
      words: "with action anything else"
    ) { $0.users[0].inlinePolicy = IAMDocuments.of(#"{"Effect":"Allow","Action":"*"}"#) },
  ]

  static let others: [World] = [
    World(
      situation: "a signing certificate is a key", expected: .enforcedConditionally,
      words: "access key", line: (.certificates, .judged)
    ) {
      $0.users[0].gate = .bool
      $0.users[0].hasCertificate = true
    },
    World(
      situation: "a credential of a single service", expected: .enforcedConditionally,
      words: "service credential", line: (.serviceCredentials, .judged)
    ) {
      $0.users[0].gate = .bool
      $0.users[0].serviceCredentials = ["bedrock.amazonaws.com"]
    },
    World(
      situation: "a credential for git", expected: .enforced, line: (.gitKeys, .outOfScope)
    ) {
      $0.users[0].gate = .bool
      $0.users[0].serviceCredentials = ["codecommit.amazonaws.com"]
    },
    World(
      situation: "credentials of single services may not be listed",
      expected: .enforcedConditionally,
      words: "service credential"
    ) {
      $0.users[0].gate = .bool
      $0.denied = ["iam:ListServiceSpecificCredentials"]
    },
    World(
      situation: "a role that federated people take on", expected: .cannotTell,
      words: saml, line: (.outsiders, .unknown)
    ) { $0.iamRoles = [IAMRole("f", trusts: #"{"Federated":"\#(saml)"}"#)] },
    World(
      situation: "a role of services and of the account itself", expected: .enforced,
      line: (.outsiders, .absent)
    ) {
      $0.iamRoles.append(
        IAMRole("own", trusts: #"{"AWS":"arn:aws:iam::111122223333:root"}"#))
    },
    World(
      situation: "a role that another account takes on", expected: .cannotTell,
      words: "999988887777", line: (.outsiders, .unknown)
    ) { $0.iamRoles = [IAMRole("x", trusts: #"{"AWS":"999988887777"}"#)] },
    World(
      situation: "a role that everybody takes on", expected: .cannotTell, words: "everybody"
    ) { $0.iamRoles = [IAMRole("x", trusts: "\"*\"")] },
    World(
      situation: "nobody says whose the root user without a device is", expected: .cannotTell,
      words: "root user", line: (.root, .unknown)
    ) { $0.root.hasDevice = false },
    World(
      situation: "nobody says whose the root user's key is", expected: .cannotTell,
      line: (.root, .unknown)
    ) { $0.root.activeKeys = 1 },
    World(
      situation: "the root user has no credentials", expected: .enforced, line: (.root, .closed)
    ) {
      $0.root.hasDevice = false
      $0.root.password = "FALSE"
    },
  ]

  @Test(
    "every world gives its verdict, and the line its state",
    arguments: documents + others + roles + devices)
  func world(_ world: World) async throws {
    let scenario = Scenario.aws {
      $0.users = [IAMUser("ana", gate: .boolIfExists)]
      world.change(&$0)
    }
    try await Bench.run(scenario) { bench in
      let door = await OneDoor.read(
        bench.iam { $0.vouches = world.vouches }, app: "111122223333", people: [Self.ana])
      let record = door.record(Self.ana)
      #expect(record.verdict == world.expected, "\(record.reason) \(door.provider.source.issues)")
      let told = "\(record.reason) \(record.witness ?? "")"
      #expect(world.words.isEmpty || told.contains(world.words), "\(told)")
      let inventory = door.provider.apps[0].inventory
      #expect(Set(inventory.map(\.row)) == Set(IAMDoors.allCases.map(\.row.id)))
      if let line = world.line {
        let states = inventory.filter { $0.row == line.row.row.id }.map(\.state)
        #expect(states == [line.state], "\(line.row)")
      }
    }
  }

  @Test("an outsider is vouched for by name, and no other with it")
  func outsiders() async throws {
    let scenario = Scenario.aws {
      $0.users = [IAMUser("ana", gate: .boolIfExists)]
      $0.iamRoles = [IAMRole("f", trusts: #"{"Federated":"\#(Self.saml)"}"#)]
    }
    var vouch = Vouch.for("outsiders")[0]
    vouch.object = Self.saml
    let vouches = [vouch]
    try await Bench.run(scenario) { bench in
      func verdict() async -> Verdict {
        await OneDoor.read(
          bench.iam { $0.vouches = vouches }, app: "111122223333", people: [Self.ana]
        ).record(Self.ana).verdict
      }
      #expect(await verdict() == .enforced)
      await bench.mock.update {
        $0[AWSAccount.self].iamRoles.append(IAMRole("x", trusts: #"{"AWS":"999988887777"}"#))
      }
      #expect(await verdict() == .cannotTell)
    }
  }

  @Test("what was read is as old as the credential report")
  func age() async throws {
    let scenario = Scenario.aws {
      $0.users = [IAMUser("ana", gate: .boolIfExists)]
      $0.reportAge = 3 * 3600
    }
    try await Bench.run(scenario) { bench in
      let now = Timestamp(Date())
      let door = await OneDoor.read(bench.iam(), app: "111122223333", people: [Self.ana])
      let age = now.milliseconds - door.provider.source.observedAt.milliseconds
      #expect((10_000_000...11_000_000).contains(age), "\(age)")
    }
  }

  @Sendable private static func allowedWithMFA(_ account: inout AWSAccount) {
    account.users[0].grantsDocument = IAMDocuments.of(
      #"{"Effect":"Allow","Action":"*","Resource":"*","Condition":{"Bool":{"aws:MultiFactorAuthPresent":"true"}}}"#
    )
  }
}
