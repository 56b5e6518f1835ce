internal import ConnectorKit
internal import CurlTransport
internal import IdentityCore

extension OktaRun {
  /// The names of groups; a name that cannot be read is the id, and nothing else is lost.
  func groups(_ ids: [String]) async -> [String: OktaDirectory.Group] {
    await withTaskGroup(of: (String, OktaDirectory.Group?).self) { group in
      for id in ids {
        group.addTask { (id, await self.group(id)) }
      }
      var result: [String: OktaDirectory.Group] = [:]
      for await (id, found) in group { result[id] = found }
      return result
    }
  }

  private func group(_ id: String) async -> OktaDirectory.Group? {
    let request = client.get("/api/v1/groups/{group}", [id])
    do throws(ConnectorError) {
      let group = try await reading.value(request) { json throws(WireError) in
        try OktaWire.Group(json)
      }
      return group.isEveryone ? .everyone : .named(group.name)
    } catch {
      // With a credential that is refused nothing else can be read either.
      reading.keep(error, error.code == .unauthorised ? .verdicts : .details)
      return nil
    }
  }

  /// The groups that exemptions name, by the name asked; what is none, or more than one, is left out.
  func wantedGroups(_ asked: [String]) async -> [(name: String, group: OktaWire.Group)] {
    var found: [(name: String, group: OktaWire.Group)] = []
    for name in Set(asked).sorted() {
      if let group = await wantedGroup(name) { found.append((name, group)) }
    }
    return found
  }

  private func wantedGroup(_ name: String) async -> OktaWire.Group? {
    do throws(ConnectorError) {
      if let group = try await groupByID(name) { return group }
      let request = client.get("/api/v1/groups", query: [("q", name), ("limit", "200")])
      let named = try await rows(request) { row throws(WireError) in
        try OktaWire.Group(row)
      }.filter { $0.name == name }
      if let group = named.first, named.count == 1 { return group }
      reading.log.add(
        SourceIssue(
          code: ConnectorError.Code.notFound.rawValue, call: request.endpoint, status: 200,
          message: named.isEmpty
            ? "Okta has no group that is called \(name)."
            : "Okta has \(named.count) groups that are called \(name).",
          remedy: "Name the group by its id.", affects: .details))
    } catch {
      reading.keep(error, .parts)
    }
    return nil
  }

  private func groupByID(_ id: String) async throws(ConnectorError) -> OktaWire.Group? {
    guard id.hasPrefix("00g"), id.utf8.count == 20 else { return nil }
    let request = client.get("/api/v1/groups/{group}", [id])
    do throws(ConnectorError) {
      return try await reading.value(request) { json throws(WireError) in
        try OktaWire.Group(json)
      }
    } catch {
      if error.code == .notFound { return nil }
      throw error
    }
  }
}
