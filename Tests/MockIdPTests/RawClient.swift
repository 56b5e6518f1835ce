import Foundation

#if canImport(Glibc)
  import Glibc
#else
  import Darwin
#endif

/// A plain TCP client, to see what URLSession hides: header lines, resets and early ends.
enum RawClient {
  struct Outcome: Sendable {
    var text: String
    /// The `errno` that ended reading; 0 for a regular end.
    var error: Int32
  }

  /// Sends a GET request and reads until the connection ends.
  ///
  /// Runs on a thread of its own: it blocks, and the mock needs the others.
  static func get(_ url: String, _ path: String, headers: [String: String]) async -> Outcome {
    await withCheckedContinuation { continuation in
      Thread.detachNewThread {
        continuation.resume(returning: exchange(url, path, headers: headers))
      }
    }
  }

  private static func exchange(
    _ url: String, _ path: String, headers: [String: String]
  ) -> Outcome {
    let port = UInt16(url.split(separator: ":").last ?? "") ?? 0
    #if canImport(Glibc)
      let descriptor = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
    #else
      let descriptor = socket(AF_INET, SOCK_STREAM, 0)
    #endif
    defer { close(descriptor) }
    var address = sockaddr_in()
    address.sin_family = sa_family_t(AF_INET)
    address.sin_port = port.bigEndian
    address.sin_addr.s_addr = UInt32(0x7f00_0001).bigEndian
    let connected = withUnsafePointer(to: &address) {
      $0.withMemoryRebound(to: sockaddr.self, capacity: 1) {
        connect(descriptor, $0, socklen_t(MemoryLayout<sockaddr_in>.size))
      }
    }
    guard connected == 0 else { return Outcome(text: "", error: errno) }
    var request = "GET \(path) HTTP/1.1\r\nHost: 127.0.0.1:\(port)\r\nConnection: close\r\n"
    for (name, value) in headers { request += "\(name): \(value)\r\n" }
    request += "\r\n"
    _ = request.withCString { send(descriptor, $0, strlen($0), 0) }
    var received: [UInt8] = []
    var buffer = [UInt8](repeating: 0, count: 65536)
    while true {
      let count = recv(descriptor, &buffer, buffer.count, 0)
      if count < 0 {
        return Outcome(text: String(decoding: received, as: UTF8.self), error: errno)
      }
      if count == 0 { break }
      received += buffer.prefix(count)
    }
    return Outcome(text: String(decoding: received, as: UTF8.self), error: 0)
  }
}
