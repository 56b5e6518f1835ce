internal import Foundation
internal import Synchronization

/// Answers as AWS's services do, each call `POST /` and signed.
struct AWSAPI: VendorAPI {
  /// What the services keep between calls.
  final class Memory: Sendable {
    struct State {
      var sessions: [AWSAccessKey] = []
      var uses: [String: Int] = [:]
      var reportCalls = 0
      var reportReads = 0
    }

    let state = Mutex(State())
    /// When the credential report was made.
    let made = Date()
  }

  /// The account that is asked, and what it keeps.
  struct Context: Sendable {
    let account: AWSAccount
    let memory: Memory
    /// The members of a JSON body.
    let json: [String: JSON]
    /// The fields of a form.
    let form: [(name: String, value: String)]

    func field(_ name: String) -> String? { form.first { $0.name == name }?.value }

    /// The values of a list in a form, `name.1`, `name.2` and so on.
    func fields(_ name: String) -> [String] {
      (1...200).lazy.map { field("\(name).\($0)") }.prefix { $0 != nil }.compactMap { $0 }
    }
  }

  /// How a call says which operation it wants.
  private static let targets = [
    "AWSCognitoIdentityProviderService": "cognito-idp", "AWSIdentityStore": "identitystore",
    "SWBExternalService": "sso",
  ]
  private static let versions = ["2010-05-08": "iam", "2011-06-15": "sts"]

  static let vendor = Vendor.aws
  let state: MockState
  let baseURL: String
  let memory = Memory()
  let router = Router(
    routes: CognitoCalls.routes + IAMCalls.routes + IdentityCenterCalls.routes)

  var rowsKey: String? { "Users" }

  func routed(_ call: Call) -> Call {
    guard call.path == "/" else { return call }
    var call = call
    let target = (call.headers["x-amz-target"] ?? "").split(separator: ".").map(String.init)
    if target.count == 2, let service = Self.targets[target[0]] {
      call.path = "/\(service)/\(target[1])"
    } else {
      let form = Call.form(String(decoding: call.body, as: UTF8.self))
      let version = form.first { $0.name == "Version" }?.value ?? ""
      let action = form.first { $0.name == "Action" }?.value ?? "unknown"
      call.path = "/\(Self.versions[version] ?? "unknown")/\(action)"
    }
    return call
  }

  func answer(_ call: Call, _ route: Route<Context>) async throws -> Reply {
    let account = await state.organisation.scenario[AWSAccount.self]
    let service = route.segments[0]
    try authorize(call, service, account)
    let operation = "\(service):\(route.segments[1])"
    if account.denied.contains(operation) {
      throw Self.refusal(
        "AccessDenied",
        "User: arn:aws:iam::\(account.id):user/idsync is not authorized to perform: \(operation)")
    }
    guard call.query.isEmpty else { throw Self.refusal("ValidationError", "A query is not taken.") }
    let isJSON = !["iam", "sts"].contains(service)
    let type = call.headers["content-type"] ?? ""
    guard
      type.hasPrefix(isJSON ? "application/x-amz-json-1.1" : "application/x-www-form-urlencoded")
    else { throw Self.refusal("SerializationException", "The content type does not fit.") }
    let json = isJSON ? call.json : [:]
    guard let json else { throw Self.refusal("SerializationException", "No JSON object.") }
    let allowed = Set(route.scope.split(separator: " ").map(String.init))
    if isJSON, let unknown = json.keys.first(where: { !allowed.contains($0) }) {
      throw Self.refusal("SerializationException", "Unknown member \(unknown).")
    }
    let form = isJSON ? [] : Call.form(String(decoding: call.body, as: UTF8.self))
    return try await route.answer(
      call, Context(account: account, memory: memory, json: json, form: form))
  }

  private func authorize(_ call: Call, _ service: String, _ account: AWSAccount) throws {
    let signature = try AWSSignature(call)
    let sessions = memory.state.withLock { $0.sessions }
    guard let key = (account.accessKeys + sessions).first(where: { $0.id == signature.keyID })
    else {
      throw Self.refusal(
        "InvalidClientTokenId", "The security token included in the request is invalid.")
    }
    let region = service == "iam" ? "us-east-1" : account.region
    guard signature.service == service, signature.region == region else {
      throw Self.refusal(
        "SignatureDoesNotMatch", "Credential should be scoped to a valid region and service.")
    }
    try signature.check(
      call, secret: key.secret, now: Date().addingTimeInterval(account.clockOffset))
    guard call.headers["x-amz-security-token"] == key.session else {
      throw Self.refusal(
        "InvalidClientTokenId", "The security token included in the request is invalid.")
    }
    let uses = memory.state.withLock { state in
      state.uses[key.id, default: 0] += 1
      return state.uses[key.id] ?? 0
    }
    if let calls = key.calls, uses > calls {
      throw Self.refusal(
        "ExpiredToken", "The security token included in the request is expired")
    }
  }

  // MARK: Refusals

  /// A refusal in the words of the Query services; JSON services have words of their own.
  static func refusal(_ code: String, _ message: String, status: Int = 400) -> Refusal {
    Refusal(status: status, code: code, message: message)
  }

  func limitRefusal(_ fault: Fault) -> Refusal {
    // AWS names no time.
    Self.refusal("Throttling", "Rate exceeded")
  }

  func refusalCode(_ status: Int) -> String {
    switch status {
    case 401: "InvalidClientTokenId"
    case 403: "AccessDenied"
    case 404: "NoSuchEntity"
    case 429: "Throttling"
    case 500...: "ServiceFailure"
    default: "ValidationError"
    }
  }

  func reply(to refusal: Refusal) -> Reply {
    var reply = Reply(
      status: refusal.status,
      json: ["__type": .string(refusal.code), "message": .string(refusal.message)])
    reply.headers += refusal.headers
    return reply
  }

  /// The words of the JSON services for those of the Query services.
  private static let jsonWords = [
    "AccessDenied": "AccessDeniedException", "ExpiredToken": "ExpiredTokenException",
    "InvalidClientTokenId": "UnrecognizedClientException",
    "NoSuchEntity": "ResourceNotFoundException",
    "IncompleteSignature": "IncompleteSignatureException",
    "MissingAuthenticationToken": "MissingAuthenticationTokenException",
    "ServiceFailure": "InternalErrorException",
    "SignatureDoesNotMatch": "InvalidSignatureException",
    "Throttling": "TooManyRequestsException", "ValidationError": "InvalidParameterException",
  ]

  func finish(_ reply: inout Reply, _ call: Call) async {
    let serial = await state.nextSerial()
    reply.setHeader("x-amzn-RequestId", Identifier.uuid("request \(serial)"))
    reply.setHeader("Date", HTTPDate.now())
    let isQuery = call.path.hasPrefix("/iam/") || call.path.hasPrefix("/sts/")
    guard reply.status >= 400, let json = try? JSON(parsing: reply.body) else {
      if !isQuery { reply.setHeader("Content-Type", "application/x-amz-json-1.1") }
      return
    }
    let code = json["__type"]?.text ?? ""
    let message = json["message"]?.text ?? ""
    if isQuery {
      let statuses = [
        "AccessDenied": 403, "ExpiredToken": 403, "InvalidClientTokenId": 403,
        "MissingAuthenticationToken": 403, "NoSuchEntity": 404, "ReportInProgress": 404,
        "ReportExpired": 410, "ReportNotPresent": 410, "SignatureDoesNotMatch": 403,
        "Throttling": 400,
      ]
      reply.status = statuses[code] ?? reply.status
      reply.setHeader("Content-Type", "text/xml")
      reply.body = Array(
        AWSXML.element(
          "ErrorResponse",
          AWSXML.element(
            "Error",
            AWSXML.text("Type", "Sender") + AWSXML.text("Code", code)
              + AWSXML.text("Message", message)) + AWSXML.text("RequestId", "r-\(serial)")
        ).utf8)
    } else {
      let word = Self.jsonWords[code] ?? code
      if reply.status < 500 { reply.status = reply.status == 418 ? 418 : 400 }
      reply.setHeader("Content-Type", "application/x-amz-json-1.1")
      reply.setHeader("x-amzn-ErrorType", word)
      reply.body =
        JSON.object([
          "__type": .string("com.amazonaws.mock#\(word)"), "message": .string(message),
        ]).bytes
    }
  }

  func setNext(_ next: String?, _ reply: inout Reply) {
    let text = String(decoding: reply.body, as: UTF8.self)
    if text.hasPrefix("<"), let next, let start = text.firstRange(of: "<IsTruncated>") {
      let rest = text[start.lowerBound...]
      let end = rest.firstRange(of: "</Marker>") ?? rest.firstRange(of: "</IsTruncated>")
      guard let end else { return }
      let marker = AWSXML.text("IsTruncated", "true") + AWSXML.text("Marker", next)
      reply.body = Array((text[..<start.lowerBound] + marker + text[end.upperBound...]).utf8)
      return
    }
    guard var body = try? JSON(parsing: reply.body), body.properties != nil else { return }
    let key = body["Users"] != nil && body["NextToken"] == nil ? "PaginationToken" : "NextToken"
    body[key] = next.map { .string($0) }
    reply.body = body.bytes
  }
}

extension Route {
  /// An operation under the name of its permission, `iam:ListUsers`, with the members that its JSON body may have.
  static func aws(_ operation: String, _ members: String, _ answer: @escaping Answer) -> Route {
    let path = operation.replacing(":", with: "/")
    return Route("POST /\(path)", named: operation, scope: members, answer)
  }
}

/// Writes XML.
enum AWSXML {
  static func element(_ name: String, _ content: String) -> String {
    "<\(name)>\(content)</\(name)>"
  }

  static func text(_ name: String, _ text: String) -> String {
    element(
      name,
      text.replacing("&", with: "&amp;").replacing("<", with: "&lt;").replacing(">", with: "&gt;"))
  }

  static func list(_ name: String, _ members: [String]) -> String {
    element(name, members.map { element("member", $0) }.joined())
  }

  /// The reply of an operation.
  static func reply(_ operation: String, _ result: String) -> Reply {
    let namespace = "https://iam.amazonaws.com/doc/2010-05-08/"
    let body =
      "<\(operation)Response xmlns=\"\(namespace)\">\n" + element("\(operation)Result", result)
      + element("ResponseMetadata", text("RequestId", "mock")) + "\n</\(operation)Response>"
    return Reply(status: 200, headers: [("Content-Type", "text/xml")], body: Array(body.utf8))
  }
}
