internal import FlyingFox
internal import FlyingSocks
internal import Foundation

extension Reply {
  /// The response for the server, spoilt as the transfer says.
  func response(to request: HTTPRequest) -> HTTPResponse {
    var fields = HTTPHeaders()
    for name in Set(headers.map(\.name)) {
      // The server joins repeated headers with commas; the vendors send a line for each.
      let values = headers.filter { $0.name == name }.map(\.value)
      fields[HTTPHeader(name)] = values.joined(separator: "\r\n\(name): ")
    }
    let code = HTTPStatusCode(status, phrase: Self.phrases[status] ?? "Status")
    let port: UInt16? =
      if case .ip4(_, let port) = request.remoteAddress { port } else { nil }
    let spoiled: SpoiledBody
    switch transfer {
    case .plain:
      let piece = max(4096, body.count)
      return HTTPResponse(
        statusCode: code, headers: fields,
        body: HTTPBodySequence(data: Data(body), suggestedBufferSize: piece))
    case .drip(let bytes, let seconds):
      spoiled = SpoiledBody(bytes: body, piece: bytes, pause: seconds, end: .complete)
    case .truncated(let count):
      spoiled = SpoiledBody(bytes: Array(body.prefix(count)), end: .close)
    case .reset(let count):
      if count == nil, let port { ConnectionReset.reset(peerPort: port) }
      spoiled = SpoiledBody(
        bytes: Array(body.prefix(count ?? 0)), end: .reset(peerPort: port ?? 0))
    }
    return HTTPResponse(
      statusCode: code, headers: fields, body: HTTPBodySequence(from: spoiled, count: body.count))
  }

  private static let phrases = [
    200: "OK", 201: "Created", 204: "No Content", 206: "Partial Content", 304: "Not Modified",
    400: "Bad Request", 401: "Unauthorized", 402: "Payment Required", 403: "Forbidden",
    404: "Not Found", 405: "Method Not Allowed", 411: "Length Required",
    416: "Range Not Satisfiable", 422: "Unprocessable Entity", 429: "Too Many Requests",
    500: "Internal Server Error", 502: "Bad Gateway", 503: "Service Unavailable",
  ]
}

/// A body that dawdles, or ends before it should.
struct SpoiledBody: AsyncBufferedSequence {
  typealias Element = UInt8

  enum End: Sendable {
    case complete
    case close
    case reset(peerPort: UInt16)
  }

  struct Ended: Error {}

  var bytes: [UInt8]
  var piece = 65536
  var pause = 0.0
  var end: End

  func makeAsyncIterator() -> Iterator { Iterator(body: self) }

  struct Iterator: AsyncBufferedIteratorProtocol {
    let body: SpoiledBody
    var position = 0

    mutating func next() async throws -> UInt8? {
      try await nextBuffer(suggested: 1)?.first
    }

    mutating func nextBuffer(suggested count: Int) async throws -> ArraySlice<UInt8>? {
      guard position < body.bytes.count else {
        switch body.end {
        case .complete: return nil
        case .close: throw Ended()
        case .reset(let port):
          ConnectionReset.reset(peerPort: port)
          throw Ended()
        }
      }
      if body.pause > 0, position > 0 { try await Task.sleep(for: .seconds(body.pause)) }
      let end = Swift.min(position + body.piece, body.bytes.count)
      defer { position = end }
      return body.bytes[position..<end]
    }
  }
}
