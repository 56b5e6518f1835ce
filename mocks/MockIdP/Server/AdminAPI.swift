/// What a person or a script can ask of the running mock under `/_mock/`, on either port.
struct AdminAPI: Sendable {
  let state: MockState

  func respond(to call: Call) async -> Reply {
    do {
      switch (call.method, call.path) {
      case ("GET", "/_mock/requests"): return try await requests(call)
      case ("DELETE", "/_mock/requests"):
        await state.resetRequests()
        return Reply(status: 204)
      case ("GET", "/_mock/counts"): return await counts()
      case ("POST", "/_mock/faults"), ("PUT", "/_mock/faults"):
        let faults = try JSON(parsing: call.body).decoded(as: [Fault].self)
        await state.setFaults(faults)
        return Reply(json: ["faults": .integer(faults.count)])
      case ("DELETE", "/_mock/faults"):
        await state.setFaults([])
        return Reply(status: 204)
      case ("GET", "/_mock/scenario"):
        return Reply(json: try JSON(encoding: await state.organisation.scenario))
      case ("PUT", "/_mock/scenario"):
        let scenario = try JSON(parsing: call.body).decoded(as: Scenario.self)
        await state.update { $0 = scenario }
        return Reply(status: 204)
      default: return Reply(status: 404, json: ["message": "No such endpoint of the mock."])
      }
    } catch {
      return Reply(status: 400, json: ["message": .string("\(error)")])
    }
  }

  private func requests(_ call: Call) async throws -> Reply {
    let vendor = call.parameter("vendor").map(Vendor.init(rawValue:))
    let requests = await state.requests.filter { vendor == nil || $0.vendor == vendor }
    return Reply(json: try JSON(encoding: requests))
  }

  private func counts() async -> Reply {
    var counts: [String: [String: JSON]] = [:]
    for request in await state.requests {
      let count = counts[request.vendor.rawValue]?[request.endpoint]?.int ?? 0
      counts[request.vendor.rawValue, default: [:]][request.endpoint] = .integer(count + 1)
    }
    return Reply(json: .object(counts.mapValues { .object($0) }))
  }
}
