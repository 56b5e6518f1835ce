import CurlTransport
import Foundation
import Testing

/// A request of AWS's published test suite (`aws4_testsuite`) or of a service, and the signature it must carry.
struct SignatureVector: Sendable, CustomTestStringConvertible {
  static let suiteSecret = "wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY"

  let name: String
  var method = HTTPRequest.Method.get
  var path = "/"
  var headers: [(String, String)] = []
  var body: String?
  var session: String?
  var host = "example.amazonaws.com"
  var scope = "us-east-1:service"
  var date = "20150830T123600Z"
  var key = "AKIDEXAMPLE"
  let signedHeaders: String
  let signature: String

  var testDescription: String { name }
}

@Suite("Transport: AWS Signature Version 4")
struct SigV4Tests {
  @Test("requests carry the signatures of AWS's test suite", arguments: SignatureVector.all)
  func vector(_ vector: SignatureVector) async throws {
    try await withServer { _ in
      [.reply()]
    } _: { server, source in
      var request = HTTPRequest(
        vector.method, server.origin + vector.path, headers: HTTPHeaders(vector.headers),
        body: vector.body.map { Array($0.utf8) },
        authorization: .sigV4(
          provider: "aws:amz:\(vector.scope)", id: vector.key,
          secret: Secret(SignatureVector.suiteSecret), session: vector.session.map { Secret($0) }))
      // The vectors have a time and a host of their own.
      request.headers.add("Host", vector.host)
      request.headers.add("X-Amz-Date", vector.date)
      _ = try await source.send(request)
      let seen = try #require(server.requests.first)
      let day = vector.date.prefix(8)
      let scope = vector.scope.replacing(":", with: "/")
      #expect(
        seen["authorization"]
          == "AWS4-HMAC-SHA256 Credential=\(vector.key)/\(day)/\(scope)/aws4_request, "
          + "SignedHeaders=\(vector.signedHeaders), Signature=\(vector.signature)")
      #expect(String(decoding: seen.body, as: UTF8.self) == vector.body ?? "")
      if let session = vector.session { #expect(seen["x-amz-security-token"] == session) }
    }
  }

  @Test("a signed request sends its date once, and neither Expect nor an id that nobody signed")
  func plain() async throws {
    try await withServer(policy: SourcePolicy(retry: .never)) { _ in
      [.reply()]
    } _: { server, source in
      _ = try await source.send(Self.request(server.origin + "/"))
      let seen = try #require(server.requests.first)
      #expect(seen.all("x-amz-date").count == 1)
      #expect(seen["expect"] == nil)
      #expect(seen["request-id"] == nil)
      #expect(
        seen["authorization"]?.contains("SignedHeaders=content-type;host;x-amz-date;x-amz-target")
          == true)
    }
  }

  @Test(
    "what this libcurl would sign wrongly is refused before anything is sent",
    arguments: [
      ("/", "aws:amz:iam", []), ("/", "aws:amz::iam", []),
      ("/", "aws:amz:\(String(repeating: "x", count: 65)):iam", []), ("/a%20b", "aws:amz:r:s", []),
      ("/", "aws:amz:r:s", [("Accept", "")]),
    ] as [(String, String, [(String, String)])])
  func refused(path: String, provider: String, headers: [(String, String)]) async throws {
    try await withServer { _ in
      [.reply()]
    } _: { server, source in
      var request = Self.request(server.origin + path, provider: provider)
      for (name, value) in headers { request.headers.add(name, value) }
      let error = try await failure { try await source.send(request) }
      #expect(error.code == .invalidRequest)
      #expect(server.requests.isEmpty)
      #expect(!"\(error)".contains("EXAMPLEKEY"))
    }
  }

  @Test("neither log nor error shows the secret key or the session token")
  func secrets() async throws {
    let recorder = LogRecorder()
    try await withServer(log: recorder.logger()) { _ in
      [.reset]
    } _: { server, source in
      var request = Self.request(server.origin + "/")
      request.authorization = .sigV4(
        provider: "aws:amz:r:s", id: "AKID", secret: Secret("very-secret-key"),
        session: Secret("very-secret-session"))
      let error = try await failure { try await source.send(request) }
      let text = "\(error) \(String(reflecting: error)) \(request)" + recorder.lines.joined()
      #expect(!text.contains("very-secret"))
    }
  }

  private static func request(
    _ url: String, provider: String = "aws:amz:eu-west-1:cognito-idp"
  ) -> HTTPRequest {
    HTTPRequest(
      .post, url,
      headers: HTTPHeaders([
        ("Content-Type", "application/x-amz-json-1.1"),
        ("X-Amz-Target", "AWSCognitoIdentityProviderService.ListUsers"),
      ]),
      body: Array("{}".utf8),
      authorization: .sigV4(
        provider: provider, id: "AKIDEXAMPLE", secret: Secret(SignatureVector.suiteSecret),
        session: nil))
  }
}

extension SignatureVector {
  private static let plain = "host;x-amz-date"
  private static let unreserved =
    "-._~0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"

  static let all: [SignatureVector] = suite + services

  private static let suite: [SignatureVector] = [
    SignatureVector(
      name: "get-vanilla", signedHeaders: plain,
      signature: "5fa00fa31553b73ebf1942676e86291e8372ff2a2260956d9b8aae1d763fbf31"),
    SignatureVector(
      name: "get-vanilla-query-order-key", path: "/?Param1=value2&Param1=Value1",
      signedHeaders: plain,
      signature: "eedbc4e291e521cf13422ffca22be7d2eb8146eecf653089df300a15b2382bd1"),
    SignatureVector(
      name: "get-vanilla-query-order-key-case", path: "/?Param2=value2&Param1=value1",
      signedHeaders: plain,
      signature: "b97d918cfa904a5beff61c982a1b6f458b799221646efd99d3219ec94cdf2500"),
    SignatureVector(
      name: "get-vanilla-query-order-value", path: "/?Param1=value2&Param1=value1",
      signedHeaders: plain,
      signature: "5772eed61e12b33fae39ee5e7012498b51d56abc0abb7c60486157bd471c4694"),
    SignatureVector(
      name: "get-vanilla-query-unreserved", path: "/?\(unreserved)=\(unreserved)",
      signedHeaders: plain,
      signature: "9c3e54bfcdf0b19771a7f523ee5669cdf59bc7cc0884027167c21bb143a40197"),
    SignatureVector(
      name: "get-vanilla-utf8-query", path: "/?\u{1234}=bar", signedHeaders: plain,
      signature: "2cdec8eed098649ff3a119c94853b13c643bcf08f8b0a1d91e12c9027818dd04"),
    SignatureVector(
      name: "post-vanilla", method: .post, signedHeaders: plain,
      signature: "5da7c1a2acd57cee7505fc6676e4e544621c30862966e37dddb68e92efbe5d6b"),
    SignatureVector(
      name: "post-vanilla-query", method: .post, path: "/?Param1=value1", signedHeaders: plain,
      signature: "28038455d6de14eafc1f9222cf5aa6f1a96197d7deb8263271d420d138af7f11"),
    SignatureVector(
      name: "post-header-key-sort", method: .post, headers: [("My-Header1", "value1")],
      signedHeaders: "host;my-header1;x-amz-date",
      signature: "c5410059b04c1ee005303aed430f6e6645f61f4dc9e1461ec8f8916fdf18852c"),
    SignatureVector(
      name: "post-header-value-case", method: .post, headers: [("My-Header1", "VALUE1")],
      signedHeaders: "host;my-header1;x-amz-date",
      signature: "cdbc9802e29d2942e5e10b5bccfdd67c5f22c7c4e8ae67b53629efa58b974b7d"),
    SignatureVector(
      name: "post-x-www-form-urlencoded", method: .post,
      headers: [("Content-Type", "application/x-www-form-urlencoded")], body: "Param1=value1",
      signedHeaders: "content-type;host;x-amz-date",
      signature: "ff11897932ad3f4e8b18135d722051e5ac45fc38421b1da7b9d196a0fe09473a"),
    SignatureVector(
      name: "post-x-www-form-urlencoded-parameters", method: .post,
      headers: [("Content-Type", "application/x-www-form-urlencoded; charset=utf8")],
      body: "Param1=value1", signedHeaders: "content-type;host;x-amz-date",
      signature: "1a72ec8f64bd914b0e42e42607c7fbce7fb2c7465f63e3092b3b0d39fa77a6fe"),
    SignatureVector(
      name: "post-sts-header-before", method: .post,
      session: "AQoDYXdzEPT//////////wEXAMPLEtc764bNrC9SAPBSM22wDOk4x4HIZ8j4FZTwdQWLWsKWHGBuFqwAe"
        + "MicRXmxfpSPfIeoIYRqTflfKD8YUuwthAx7mSEI/qkPpKPi/kMcGdQrmGdeehM4IC1NtBmUpp2wUE8phUZamp"
        + "KsburEDy0KPkyQDYwT7WZ0wq5VSXDvp75YU9HFvlRd8Tx6q6fE8YQcHNVXAkiY9q6d+xo0rKwT38xVqr7ZD0u"
        + "0iPPkUL64lIZbqBAz+scqKmlzm8FDrypNC9Yjc8fPOLn9FX9KSYvKTr4rvx3iSIlTJabIQwj2ICCR/oLxBA==",
      signedHeaders: "host;x-amz-date;x-amz-security-token",
      signature: "85d96828115b5dc0cfc3bd16ad9e210dd772bbebba041836c64533a82be05ead"),
  ]

  private static let services: [SignatureVector] = [
    SignatureVector(
      name: "iam GetAccountSummary", method: .post,
      headers: [("Content-Type", "application/x-www-form-urlencoded; charset=utf-8")],
      body: "Action=GetAccountSummary&Version=2010-05-08", host: "iam.amazonaws.com",
      scope: "us-east-1:iam", date: "20261103T091500Z",
      signedHeaders: "content-type;host;x-amz-date",
      signature: "887f0d167429063506e30b8ef4e595d86ca0746338382bb85a401ff25548fe20")
  ]
}
