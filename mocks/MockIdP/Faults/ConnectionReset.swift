internal import Foundation

#if canImport(Glibc)
  internal import Glibc
#elseif canImport(Musl)
  internal import Musl
#else
  internal import Darwin
#endif

/// Ends a connection of this process with a TCP reset.
///
/// The server keeps its sockets to itself, so the connection is found among the open descriptors by
/// its peer's port. The descriptor stays open, on nothing, for the server to close.
enum ConnectionReset {
  /// Resets the loopback connection whose other end has a port; does nothing when there is none.
  static func reset(peerPort: UInt16) {
    let open = (try? FileManager.default.contentsOfDirectory(atPath: "/dev/fd")) ?? []
    for descriptor in open.compactMap({ Int32($0) }) where self.peerPort(of: descriptor) == peerPort
    {
      // Closing with a linger time of zero discards what is queued and sends a reset.
      var linger = linger(l_onoff: 1, l_linger: 0)
      setsockopt(
        descriptor, SOL_SOCKET, SO_LINGER, &linger, socklen_t(MemoryLayout.size(ofValue: linger)))
      var pair: [Int32] = [0, 0]
      guard socketpair(AF_UNIX, streamType, 0, &pair) == 0 else { return }
      close(pair[1])
      dup2(pair[0], descriptor)
      close(pair[0])
    }
  }

  private static var streamType: Int32 {
    #if canImport(Glibc)
      Int32(SOCK_STREAM.rawValue)
    #else
      SOCK_STREAM
    #endif
  }

  /// The port of the other end of an IPv4 connection that this side accepted.
  ///
  /// When a client lives in this process too, its own end has the server's port as its peer.
  private static func peerPort(of descriptor: Int32) -> UInt16? {
    var address = sockaddr_in()
    var length = socklen_t(MemoryLayout.size(ofValue: address))
    let result = withUnsafeMutablePointer(to: &address) { pointer in
      pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
        getpeername(descriptor, $0, &length)
      }
    }
    guard result == 0, address.sin_family == sa_family_t(AF_INET) else { return nil }
    return UInt16(bigEndian: address.sin_port)
  }
}
