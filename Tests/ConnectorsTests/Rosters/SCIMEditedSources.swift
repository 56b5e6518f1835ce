import IdentityCore
import MockIdP

extension EditedSource {
  /// A SCIM server as a roster, by pages that are counted and by cursors.
  static let scimRosters: [EditedSource] = [true, false].map { hasCursors in
    let scenario = SCIMServers.scenario([
      SCIMServer.user("u-1", "ana@acme.com", groups: ["g-1"]),
      SCIMServer.user("u-2", "bo@acme.com", groups: ["g-1"]),
      SCIMServer.user("u-3", "cy@acme.com"), SCIMServer.user("u-4", "dee@acme.com"),
    ]) {
      $0.groups = [
        SCIMServer.group("g-1", EndpointBench.team, users: ["u-1", "u-2"], groups: ["g-2"]),
        SCIMServer.group("g-2", "inner", users: ["u-3"]),
      ]
      $0.hasCursors = hasCursors
      $0.hasTotalWithCursor = true
      $0.maxPageSize = 2
    }
    return EditedSource(
      name: "SCIM roster \(hasCursors ? "with cursors" : "with pages")", vendor: .scim,
      worlds: [scenario], counted: ["GET /scim/v2/Users /Resources/*"]
    ) { bench in
      {
        try await ConformanceReading(
          of: try EndpointBench(bench).scim(SCIMServers.plain), team: EndpointBench.team)
      }
    }
  }

  /// A SCIM server as a provider, with an extension that says what is enforced.
  static let scimProvider: EditedSource = {
    let people = ["ana@acme.com", "bo@acme.com", "cy@acme.com", "dee@acme.com"]
    let scenario = SCIMServers.scenario([
      SCIMServer.user("u-1", people[0], with: [SCIMServers.urn: ["mfaPolicy": "required"]]),
      SCIMServer.user("u-2", people[1], with: [SCIMServers.urn: ["mfaPolicy": "risk"]]),
      SCIMServer.user("u-3", people[2], with: [SCIMServers.urn: ["mfaPolicy": "optional"]]),
      SCIMServer.user(
        "u-4", people[3], active: false, with: [SCIMServers.urn: ["mfaPolicy": "required"]]),
    ]) { $0.maxPageSize = 3 }
    return EditedSource(
      name: "SCIM provider", vendor: .scim, worlds: [scenario],
      untold: ["GET /scim/v2/Users /Resources/*/"],
      counted: ["GET /scim/v2/Users /Resources/*"]
    ) { bench in
      {
        await ConformanceReading(
          of: try EndpointBench(bench).scim(SCIMServers.mapped), app: EndpointBench.app,
          people: people)
      }
    }
  }()
}
