import CurlTransport
import IdentityCore
import MockIdP
import Testing

@testable import AWS
@testable import ConnectorKit

@Suite("AWS beyond the table") struct AWSConnectorTests {
  private static let role = "arn:aws:iam::444455556666:role/idsync"

  @Test("a role's key that expires in the middle is replaced once")
  func renewal() async throws {
    let scenario = Scenario.aws {
      $0.roles = [AWSRole(arn: Self.role, externalID: "acme", calls: 4)]
      $0.userPools = [AWSRow.pool { $0.users += (0..<200).map { CognitoUser("p\($0)@acme.com") } }]
    }
    try await Bench.run(scenario) { bench in
      let connector = bench.cognito {
        $0.access.role = AWSAccess.Role(arn: Self.role, externalID: "acme")
      }
      let door = await OneDoor.read(connector, app: Bench.client, people: [AWSRow.ana])
      #expect(door.provider.source.isComplete, "\(door.provider.source.issues)")
      #expect(door.record(AWSRow.ana).verdict == .enforced)
      let counts = await bench.mock.requestCounts(.aws)
      #expect(counts["sts:AssumeRole"] == 2)
      #expect(counts["cognito-idp:ListUsers"] == 5)
      #expect(!bench.log.text.contains("roleSession"))
    }
  }

  @Test("temporary credentials that have expired fail the source and say what to do")
  func expired() async throws {
    let scenario = Scenario.aws {
      $0.accessKeys[0].calls = 3
      $0.userPools = [AWSRow.pool()]
    }
    try await Bench.run(scenario) { bench in
      let door = await OneDoor.read(bench.cognito(), app: Bench.client, people: [AWSRow.ana])
      #expect(door.record(AWSRow.ana).verdict == .cannotTell)
      let issue = try #require(
        door.provider.source.issues.first { $0.code == "unauthorised" })
      #expect(issue.message.contains("ExpiredToken"))
      #expect(issue.remedy.contains("temporary credentials"))
    }
  }

  @Test("a role that is not ours to take on is told by its call")
  func foreignRole() async throws {
    try await Bench.run(.aws { $0.userPools = [AWSRow.pool()] }) { bench in
      let connector = bench.cognito { $0.access.role = AWSAccess.Role(arn: Self.role) }
      let door = await OneDoor.read(connector, app: Bench.client, people: [AWSRow.ana])
      #expect(door.record(AWSRow.ana).verdict == .cannotTell)
      #expect(door.provider.source.issues.first?.call == "sts:AssumeRole")
    }
  }

  @Test(
    "an app client is found with or without its pool",
    arguments: [
      (nil, Bench.client), (nil, "\(Bench.pool)/\(Bench.client)"),
      (nil, "cognito:\(Bench.pool)/\(Bench.client)"), (Bench.pool, "cognito:\(Bench.client)"),
    ] as [(String?, String)])
  func names(pool: String?, app: String) async throws {
    let scenario = Scenario.aws {
      $0.userPools = [CognitoPool("eu-west-1_Another", clients: []), AWSRow.pool()]
    }
    try await Bench.run(scenario) { bench in
      let door = await OneDoor.read(
        bench.cognito { $0.userPool = pool }, app: app, people: [AWSRow.ana])
      #expect(door.record(AWSRow.ana).verdict == .enforced, "\(door.provider.source.issues)")
    }
  }

  @Test(
    "an app that is not there, and one of another pool, are cannot-tell",
    arguments: ["nosuchclient", "eu-west-1_Another/\(Bench.client)"])
  func otherApps(app: String) async throws {
    try await Bench.run(.aws { $0.userPools = [AWSRow.pool()] }) { bench in
      let door = await OneDoor.read(bench.cognito(), app: app, people: [AWSRow.ana])
      #expect(door.record(AWSRow.ana).verdict == .cannotTell)
      #expect(door.provider.source.isComplete)
    }
  }

  @Test("factors are collected in pools that leave MFA to the person, and prove nothing")
  func factors() async throws {
    let scenario = Scenario.aws {
      $0.userPools = [
        AWSRow.pool("OPTIONAL") { $0.users[0].factors = ["SOFTWARE_TOKEN_MFA", "SMS_MFA"] }
      ]
    }
    try await Bench.run(scenario) { bench in
      let door = await OneDoor.read(
        bench.cognito(), app: Bench.client, people: [AWSRow.ana], collectFactors: true)
      let record = door.record(AWSRow.ana)
      #expect(record.verdict == .notEnforced)
      #expect(record.enrolled == .yes)
      #expect(record.factors == [.totp, .sms])
    }
  }

  @Test("users with the same policies are simulated once, unless a policy asks who they are")
  func simulations() async throws {
    let scenario = Scenario.aws {
      $0.users = (0..<20).map { IAMUser("u\($0)", gate: .boolIfExists, activeKeys: 1) }
      $0.users[18].inlinePolicy = IAMDocuments.allow(
        "s3:GetObject", on: "arn:aws:s3:::${aws:username}/*")
      $0.users[19].inlinePolicy = $0.users[18].inlinePolicy
    }
    try await Bench.run(scenario) { bench in
      let people = (0..<20).map { "u\($0)@acme.com" }
      let door = await OneDoor.read(bench.iam(), app: "111122223333", people: people)
      #expect(people.allSatisfy { door.record($0).verdict == .enforced })
      let counts = await bench.mock.requestCounts(.aws)
      #expect(counts["iam:SimulatePrincipalPolicy"] == 9)
    }
  }

  @Test("a list of users that is shorter than AWS counts is not read to its end")
  func count() async throws {
    let scenario = Scenario.aws {
      $0.users = [IAMUser("ana", gate: .boolIfExists)]
      $0.declaredUsers = 2
    }
    try await Bench.run(scenario) { bench in
      let people = ["ana@acme.com", "bo@acme.com"]
      let door = await OneDoor.read(bench.iam(), app: "111122223333", people: people)
      #expect(!door.provider.source.isComplete)
      #expect(door.provider.source.issues.map(\.code) == ["paging"])
    }
  }

  @Test("a user who is gone since the report was made stops nobody's simulation")
  func deletedUser() async throws {
    let people = ["gone@acme.com", AWSRow.ana]
    let scenario = Scenario.aws {
      $0.users = [
        IAMUser("gone", activeKeys: 1, device: "GAHT1"),
        IAMUser("ana", gate: .boolIfExists, device: "GAHT2"),
      ]
      $0.users[0].isDeleted = true
    }
    try await Bench.run(scenario) { bench in
      let door = await OneDoor.read(
        bench.iam(), app: "111122223333", people: people, collectFactors: true)
      #expect(door.provider.source.isComplete, "\(door.provider.source.issues)")
      #expect(people.map { door.record($0).verdict } == [.notEvaluated, .enforced])
      #expect(door.record(AWSRow.ana).factors == [.hardwareToken])
    }
  }

  @Test("a proof names what asks this person for MFA, and no other denial")
  func gates() async throws {
    let people = ["ana@acme.com", "bo@acme.com"]
    let scenario = Scenario.aws {
      $0.users = [IAMUser("ana", gate: .boolIfExists), IAMUser("bo", gate: .boolIfExists)]
      $0.users[0].barred = ["iam:ListUsers"]
      $0.users[1].gateName = "ContractorsMFA"
      $0.users[1].policies = ["arn:aws:iam::111122223333:policy/Contractors"]
    }
    try await Bench.run(scenario) { bench in
      let door = await OneDoor.read(bench.iam(), app: "111122223333", people: people)
      let (ana, bo) = (door.record(people[0]), door.record(people[1]))
      #expect([ana.verdict, bo.verdict] == [.enforced, .enforced])
      #expect(ana.reason.contains("DenyWithoutMFA"))
      #expect(!"\(ana)".contains("ContractorsMFA"))
      #expect(!"\(ana)".contains("NeverAllow"))
      #expect(bo.reason.contains("ContractorsMFA"))
      #expect(!"\(bo)".contains("DenyWithoutMFA"))
    }
  }

  @Test("an account of another number is cannot-tell")
  func otherAccount() async throws {
    try await Bench.run(.aws { $0.users = [IAMUser("ana", gate: .boolIfExists)] }) { bench in
      let door = await OneDoor.read(
        bench.iam(), app: "aws-iam:999999999999", people: [AWSRow.ana])
      let record = door.record(AWSRow.ana)
      #expect(record.verdict == .cannotTell)
      #expect(record.reason.contains("111122223333"))
    }
  }

  @Test("doctor names the permission that is missing")
  func doctor() async throws {
    let scenario = Scenario.aws {
      $0.userPools = [AWSRow.pool()]
      $0.denied = ["cognito-idp:ListUsers", "iam:GenerateCredentialReport"]
      $0.identityCenter = IdentityCenterInstance()
    }
    try await Bench.run(scenario) { bench in
      let pool = await bench.cognito().diagnose()
      #expect(pool.first?.check == "credentials" && pool.first?.outcome == .good)
      #expect(pool.contains { $0.check == "clock" && $0.outcome == .good })
      let refused = pool.filter { $0.outcome == .failure }
      #expect(refused.map(\.check) == ["cognito-idp:ListUsers"])
      #expect(refused.first?.remedy.contains("cognito-idp:ListUsers") == true)
      let account = await bench.iam().diagnose()
      #expect(
        account.filter { $0.outcome == .failure }.map(\.check) == ["iam:GenerateCredentialReport"])
      let center = await bench.identityCenter().diagnose()
      #expect(center.allSatisfy { $0.outcome == .good })
    }
  }
}
