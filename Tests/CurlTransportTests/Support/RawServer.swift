import Dispatch
import Foundation
import Synchronization

/// An HTTP/1.1 server on loopback that does exactly what a test tells it, faults included.
///
/// A thread per connection; a handler may block. Unchecked because the sockets are plain numbers that are
/// closed under the lock.
final class RawServer: Sendable {
  struct Request: Sendable {
    var method: String
    var target: String
    var lines: [String]
    var body: [UInt8]
    /// The number of the connection and of the request on the whole server, both from 0.
    var connection: Int
    var index: Int

    subscript(name: String) -> String? { all(name).first }

    func all(_ name: String) -> [String] {
      lines.compactMap { line in
        guard let colon = line.firstIndex(of: ":"),
          line[..<colon].lowercased() == name.lowercased()
        else { return nil }
        return line[line.index(after: colon)...].trimmingCharacters(in: .whitespaces)
      }
    }
  }

  enum Action: Sendable {
    case send([UInt8])
    /// The same bytes again and again, until nobody takes them.
    case endless([UInt8])
    /// Waits until the client closes or the server stops.
    case hold
    /// Waits for a moment.
    case pause(milliseconds: Int)
    /// Waits until the test or another connection says go.
    case wait(DispatchSemaphore)
    /// Notes how far the server has come.
    case note(Tally)
    /// Closes the connection in good order.
    case close
    /// Closes it with a reset.
    case reset

    static func text(_ text: String) -> Action { .send(Array(text.utf8)) }

    /// A whole reply with its length.
    static func reply(
      _ status: Int = 200, _ headers: [String] = [], _ body: String = "{}"
    ) -> Action {
      let length = status == 304 || status == 204 ? [] : ["Content-Length: \(body.utf8.count)"]
      let type =
        headers.contains { $0.lowercased().hasPrefix("content-type") }
        ? [] : ["Content-Type: application/json"]
      let head = (["HTTP/1.1 \(status) Status"] + type + length + headers).joined(
        separator: "\r\n")
      return .text(head + "\r\n\r\n" + (status == 304 || status == 204 ? "" : body))
    }
  }

  typealias Handler = @Sendable (Request) -> [Action]

  private struct State {
    var requests: [Request] = []
    var sockets: Set<Int32> = []
    var connections = 0
    var threads = 0
    var isStopped = false
  }

  let port: Int
  private let listener: Int32
  private let handler: Handler
  private let state = Mutex(State())
  private let ended = DispatchSemaphore(value: 0)

  struct CannotListen: Error {}

  init(_ handler: @escaping Handler) throws {
    let socket = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
    var address = sockaddr_in()
    address.sin_family = sa_family_t(AF_INET)
    address.sin_addr.s_addr = UInt32(0x7F00_0001).bigEndian
    var length = socklen_t(MemoryLayout<sockaddr_in>.size)
    let isBound = withUnsafeMutablePointer(to: &address) { pointer in
      pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
        bind(socket, $0, length) == 0 && listen(socket, 512) == 0
          && getsockname(socket, $0, &length) == 0
      }
    }
    guard isBound else { throw CannotListen() }
    listener = socket
    port = Int(UInt16(bigEndian: address.sin_port))
    self.handler = handler
    let thread = Thread { [self] in accept() }
    thread.start()
  }

  var origin: String { "http://127.0.0.1:\(port)" }

  var requests: [Request] { state.withLock { $0.requests } }

  var connectionCount: Int { state.withLock { $0.connections } }

  /// Ends all connections and waits for the threads.
  func stop() {
    let threads = state.withLock { state in
      state.isStopped = true
      for socket in state.sockets { shutdown(socket, Int32(SHUT_RDWR)) }
      return state.threads
    }
    shutdown(listener, Int32(SHUT_RDWR))
    close(listener)
    for _ in 0...threads { ended.wait() }
  }

  private func accept() {
    while true {
      let socket = Glibc.accept(listener, nil, nil)
      guard socket >= 0 else { break }
      let number: Int? = state.withLock { state in
        guard !state.isStopped else { return nil }
        state.sockets.insert(socket)
        state.threads += 1
        defer { state.connections += 1 }
        return state.connections
      }
      guard let number else {
        close(socket)
        break
      }
      let thread = Thread { [self] in
        serve(socket, number)
        ended.signal()
      }
      thread.stackSize = 256 * 1024
      thread.start()
    }
    ended.signal()
  }

  private func serve(_ socket: Int32, _ number: Int) {
    defer {
      state.withLock { state in
        state.sockets.remove(socket)
        close(socket)
      }
    }
    var reader = Reader(socket: socket)
    while var request = reader.request() {
      request.connection = number
      request = state.withLock { state in
        request.index = state.requests.count
        state.requests.append(request)
        return request
      }
      for action in handler(request) {
        switch action {
        case .send(let bytes):
          guard write(bytes, socket) else { return }
        case .endless(let bytes):
          while write(bytes, socket) {}
          return
        case .hold:
          while reader.readMore() {}
          return
        case .pause(let milliseconds):
          usleep(UInt32(milliseconds) * 1000)
        case .wait(let semaphore):
          _ = semaphore.wait(timeout: .now() + 10)
        case .note(let tally):
          tally.add("note")
        case .close:
          return
        case .reset:
          var option = linger(l_onoff: 1, l_linger: 0)
          setsockopt(
            socket, SOL_SOCKET, SO_LINGER, &option, socklen_t(MemoryLayout<linger>.size))
          return
        }
      }
    }
  }

  private func write(_ bytes: [UInt8], _ socket: Int32) -> Bool {
    var sent = 0
    while sent < bytes.count {
      let count = bytes.withUnsafeBytes {
        send(
          socket, $0.baseAddress.map { $0 + sent }, bytes.count - sent, Int32(MSG_NOSIGNAL)
        )
      }
      guard count > 0 else { return false }
      sent += count
    }
    return true
  }

  private struct Reader {
    let socket: Int32
    var buffer: [UInt8] = []

    init(socket: Int32) { self.socket = socket }

    mutating func readMore() -> Bool {
      var piece = [UInt8](repeating: 0, count: 64 * 1024)
      let count = recv(socket, &piece, piece.count, 0)
      guard count > 0 else { return false }
      buffer += piece[..<count]
      return true
    }

    mutating func request() -> Request? {
      var end = headEnd()
      while end == nil {
        guard readMore() else { return nil }
        end = headEnd()
      }
      guard let end else { return nil }
      let lines = String(decoding: buffer[..<end], as: UTF8.self).components(separatedBy: "\r\n")
      let words = lines[0].split(separator: " ")
      var request = Request(
        method: String(words.first ?? ""), target: String(words.dropFirst().first ?? ""),
        lines: Array(lines.dropFirst()), body: [], connection: 0, index: 0)
      let length = request["content-length"].flatMap { Int($0) } ?? 0
      buffer.removeFirst(end + 4)
      while buffer.count < length {
        guard readMore() else { return nil }
      }
      request.body = Array(buffer.prefix(length))
      buffer.removeFirst(length)
      return request
    }

    private func headEnd() -> Int? {
      guard buffer.count >= 4 else { return nil }
      return (0...(buffer.count - 4)).first {
        buffer[$0] == 13 && buffer[$0 + 1] == 10 && buffer[$0 + 2] == 13 && buffer[$0 + 3] == 10
      }
    }
  }
}
