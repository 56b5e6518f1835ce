/// `$batch`: up to twenty requests in one, each answered, limited and refused on its own.
enum EntraBatch {
  typealias Context = EntraAPI.Context

  static let routes: [Route<Context>] = ["v1.0", "beta"].map { version in
    Route("POST /\(version)/$batch", scope: EntraAPI.any) { call, context in
      try await answer(call, context, version)
    }
  }

  private static func answer(
    _ call: Call, _ context: Context, _ version: String
  ) async throws -> Reply {
    guard (call.headers["content-type"] ?? "").hasPrefix("application/json"),
      let requests = call.json?["requests"]?.elements
    else { throw EntraAPI.invalid("Invalid batch payload format.") }
    guard (1...20).contains(requests.count) else {
      throw EntraAPI.invalid("Number of batch request steps exceeds the maximum value of 20.")
    }
    let ids = requests.map { $0["id"]?.text?.lowercased() ?? "" }
    guard Set(ids).count == ids.count, !ids.contains("") else {
      throw EntraAPI.invalid("The batch request ids must be unique.")
    }
    var responses: [JSON] = []
    for request in requests {
      guard let method = request["method"]?.text, let url = request["url"]?.text,
        url.hasPrefix("/"), request["body"] == nil || request["headers"]?["Content-Type"] != nil
      else { throw EntraAPI.invalid("Invalid batch request step.") }
      responses.append(await step(request, method, "/\(version)\(url)", call, context))
    }
    // The order of the replies is not promised.
    return Reply(json: ["responses": .array(responses.reversed())])
  }

  private static func step(
    _ request: JSON, _ method: String, _ target: String, _ call: Call, _ context: Context
  ) async -> JSON {
    var headers = ["authorization": call.headers["authorization"] ?? ""]
    for (name, value) in request["headers"]?.properties ?? [:] {
      headers[name.lowercased()] = value.text
    }
    var reply = await context.api.respond(
      to: Call(method, target, headers: headers, baseURL: call.baseURL))
    // A service behind the gateway that breaks off is the gateway's failure.
    switch reply.transfer {
    case .truncated(let count): reply.body = Array(reply.body.prefix(count))
    case .reset: reply.status = 502
    case .plain, .drip: break
    }
    var own: [String: JSON] = [:]
    for (name, value) in reply.headers where ["Content-Type", "Retry-After"].contains(name) {
      own[name] = .string(value)
    }
    return [
      "id": request["id"] ?? .null, "status": .integer(reply.status), "headers": .object(own),
      "body": own["Content-Type"] == "text/plain"
        ? .string(String(decoding: reply.body, as: UTF8.self))
        : (try? JSON(parsing: reply.body)) ?? .null,
    ]
  }
}
