internal import Synchronization

/// Replies kept in memory, the oldest given up first when there are too many bytes.
public final class MemoryResponseCache: ResponseCache {
  private struct State {
    var entries: [CacheKey: CachedResponse] = [:]
    var order: [CacheKey] = []
    var bytes = 0
  }

  private let maxBytes: Int
  private let state = Mutex(State())

  /// Starts empty.
  ///
  /// - Parameter maxBytes: how many bytes of bodies are kept.
  public init(maxBytes: Int = 64 * 1024 * 1024) {
    self.maxBytes = maxBytes
  }

  /// The reply kept under a key, if there is one.
  public func entry(for key: CacheKey) -> CachedResponse? {
    state.withLock { $0.entries[key] }
  }

  /// Keeps a reply, unless it alone is more than everything.
  public func store(_ response: CachedResponse, for key: CacheKey) {
    guard response.body.count <= maxBytes else { return }
    state.withLock { state in
      if let old = state.entries[key] {
        state.bytes -= old.body.count
        state.order.removeAll { $0 == key }
      }
      state.entries[key] = response
      state.order.append(key)
      state.bytes += response.body.count
      while state.bytes > maxBytes, let oldest = state.order.first {
        state.order.removeFirst()
        state.bytes -= state.entries.removeValue(forKey: oldest)?.body.count ?? 0
      }
    }
  }
}
