import Foundation
import MockIdP
import Testing

@Suite("What if, end to end")
struct WhatIfTests {
  @Test("switching a rule off shows whose verdict gets better, and changes nothing anywhere")
  func disable() async throws {
    var scenario = TestScenario.team()
    let rule = "0prContractors00001"
    scenario[policy: "Two factors"].rules[0].id = rule
    let bench = try await Workbench(scenario)
    let outcome = try await bench.run(
      "whatif", "--source", "okta", "--disable", rule, "--format", "json")
    #expect(outcome.status == 0, "\(outcome.errors)")
    let changes = try #require(try outcome.json()["changes"] as? [[String: Any]])
    #expect(changes.map { $0["email"] as? String } == ["gus@contractor.example"])
    #expect(changes.first?["verdict_before"] as? String == "not-enforced")
    #expect(changes.first?["verdict_after"] as? String == "enforced")
    #expect(!FileManager.default.fileExists(atPath: bench.path("idsync.db")))
    let methods = Set(await bench.mock.requests().map(\.method))
    #expect(methods == ["GET"])
    await bench.close()
  }

  @Test("a policy file stands in for the policy with its id")
  func policyFile() async throws {
    let bench = try await Workbench(TestScenario.team())
    let policy = try #require(
      await bench.mock.scenario().okta.policies.first { $0.name == "Two factors" })
    try bench.write(
      """
      {"id": "\(policy.id)", "type": "ACCESS_POLICY", "name": "Weak", "status": "ACTIVE", "_embedded": {"rules": [
        {"id": "rulWeak", "name": "Anyone", "status": "ACTIVE", "priority": 99, "system": true, "actions": {
          "appSignOn": {"access": "ALLOW", "verificationMethod": {"type": "ASSURANCE", "factorMode": "1FA"}}}}]}}
      """, to: "weak.json")
    let outcome = try await bench.run(
      "whatif", "--source", "okta", "--policy-file", "weak.json")
    #expect(outcome.status == 0, "\(outcome.errors)")
    #expect(outcome.output.contains("- acme-widgets  ana@acme.com  enforced → not-enforced"))
    #expect(outcome.output.contains("rule 1 'Anyone' of policy 'Weak' asks for one factor"))
    #expect(outcome.output.contains("6 weaker"), "\(outcome.output)")
    await bench.close()
  }

  @Test("a group without members changes the verdict of those who were in it")
  func group() async throws {
    let bench = try await Workbench(TestScenario.team())
    let outcome = try await bench.run(
      "whatif", "--source", "okta", "--remove-from-group", "Contractors")
    #expect(outcome.output.contains("+ acme-widgets  gus@contractor.example"))
    #expect(outcome.output.contains("1 of 12 would change: 0 weaker, 1 stronger"))
    await bench.close()
  }

  @Test("an edit that meets nothing is said, beside those that do")
  func unmet() async throws {
    let bench = try await Workbench(TestScenario.team())
    try bench.write(#"[{"id": "rstNowhere"}]"#, to: "stray.json")
    let arguments = [
      "whatif", "--source", "okta", "--disable", "0prTypo", "--remove-from-group", "Contractors",
      "--policy-file", "stray.json",
    ]
    let outcome = try await bench.run(arguments)
    #expect(outcome.status == 0, "\(outcome.errors)")
    #expect(outcome.output.contains("1 of 12 would change"))
    #expect(outcome.output.contains("--disable 0prTypo changed nothing"))
    #expect(outcome.output.contains("the policy file's rstNowhere changed nothing"))
    #expect(!outcome.output.contains("Contractors changed nothing"))
    let json = try await bench.run(arguments + ["--format", "json"]).json()
    #expect(json["unmet"] as? [String] == ["the policy file's rstNowhere", "--disable 0prTypo"])
    await bench.close()
  }

  @Test("nothing to try, an unknown source and an unreadable file are bad input")
  func badInput() async throws {
    let bench = try await Workbench(TestScenario.team())
    let nothing = try await bench.run("whatif", "--source", "okta")
    #expect(nothing.status == 65)
    let unknown = try await bench.run("whatif", "--source", "okat", "--disable", "x")
    #expect(unknown.status == 65)
    #expect(unknown.errors.contains("did you mean \"okta\""))
    let file = try await bench.run("whatif", "--source", "okta", "--policy-file", "none.json")
    #expect(file.status == 65)
    #expect(await bench.mock.requests().isEmpty)
    await bench.close()
  }
}
