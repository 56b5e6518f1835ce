internal import CCurl
internal import Foundation

/// One transfer, from the task that wants it to the thread that makes it.
///
/// Unchecked because it has two owners in turn: the task sets it up and hands it over under the lock of the
/// loop's inbox; from then on only the loop thread touches the variables.
final class Transfer: @unchecked Sendable {
  enum Job: Sendable {
    case http(HTTPJob)
    case mail(MailJob)
  }

  let job: Job
  let sink: BodySink

  /// Called on the loop thread when the head is complete; must be quick.
  private let onHead: (@Sendable (ResponseHead) -> Void)?

  /// Called exactly once, at the end.
  private var onEnd: (@Sendable (TransferOutcome) -> Void)?

  /// The headers of a reply may have this many bytes, those of its forerunners (1xx) and its trailers included.
  private static let maxHeaderBytes = 256 * 1024

  /// A transfer that keeps the thread busy moves this many bytes at least, or is no transfer of anything.
  private static let leastProgress = (bytes: 64 * 1024, processorTime: Duration.seconds(3))

  // The loop thread's.
  var easy: EasyHandle?
  var lists: [StringList] = []
  private(set) var head: ResponseHead?
  private(set) var abortCause: CurlFailure?
  private var status = 0
  var meter: ProcessorMeter?
  private var headerBlock: [UInt8] = []
  private var headerBytes = 0
  /// The processor time that the transfer took since it last made progress, and how many bytes it had moved then.
  private var effort: (time: Duration, bytes: Int) = (.zero, 0)
  private var buffer = ByteBuffer()
  private var bodyBytes = 0
  private var upload: (data: [UInt8], sent: Int) = ([], 0)
  private(set) var dialogue: MailDialogue?

  init(
    _ job: Job, sink: BodySink = .collect,
    onHead: (@Sendable (ResponseHead) -> Void)? = nil
  ) {
    self.job = job
    self.sink = sink
    self.onHead = onHead
    if case .mail(let mail) = job {
      upload = (mail.data, 0)
      dialogue = MailDialogue(recipients: mail.to)
    }
  }

  deinit {
    buffer.discard()
  }

  /// Names who is told of the end; before the transfer is handed over.
  func whenEnded(_ body: @escaping @Sendable (TransferOutcome) -> Void) {
    onEnd = body
  }

  /// Tells the end, the first time it is called.
  func end(_ outcome: TransferOutcome) {
    guard let onEnd else { return }
    self.onEnd = nil
    onEnd(outcome)
  }

  /// Puts the outcome together while the easy handle still knows the figures.
  func outcome(_ failure: CurlFailure?) -> TransferOutcome {
    var outcome = TransferOutcome(failure: abortCause ?? failure, head: head)
    outcome.dialogue = dialogue
    if let easy {
      outcome.bytesReceived = easy.large(CURLINFO_SIZE_DOWNLOAD_T)
      outcome.connections = easy.long(CURLINFO_NUM_CONNECTS)
    }
    if outcome.failure == nil, head == nil, case .http = job {
      outcome.failure = CurlFailure(
        code: .protocolViolation, detail: "The reply has no header section.")
    }
    if outcome.failure == nil, buffer.count > 0 { outcome.body = ResponseBody(taking: &buffer) }
    buffer.discard()
    return outcome
  }

  // MARK: Called by libcurl

  /// Takes one header line; returns how much of it was taken.
  func receive(headerLine line: UnsafeRawBufferPointer) -> Int {
    guard case .http(let job) = job else { return line.count }
    headerBytes += line.count
    guard headerBytes <= Self.maxHeaderBytes else {
      return abort(.tooLarge, "The headers and trailers of the reply are larger than 256 KiB.")
    }
    if line.starts(with: "HTTP/".utf8) {
      status = Self.status(line)
      headerBlock.removeAll(keepingCapacity: true)
      head = nil
      return line.count
    }
    // What comes behind the head are trailers, which nothing here reads.
    guard head == nil else { return line.count }
    if line.first == 0x0D || line.first == 0x0A {
      if status >= 200 { finishHead(job) }
      return line.count
    }
    headerBlock.append(contentsOf: line)
    return line.count
  }

  /// Takes a piece of the body; returns how much of it was taken.
  func receive(body piece: UnsafeRawBufferPointer) -> Int {
    guard case .http(let job) = job else { return piece.count }
    guard bodyBytes + piece.count <= job.maxBodyBytes else {
      return abort(.tooLarge, "The body is larger than the \(job.maxBodyBytes) bytes allowed.")
    }
    switch sink {
    case .collect:
      guard buffer.append(piece) else { return abort(.transfer, "Out of memory.") }
    case .stream(let pipe):
      switch pipe.write(piece) {
      case .taken: break
      case .full: return Int(CURL_WRITEFUNC_PAUSE)
      case .abandoned: return abort(.cancelled, CurlFailure.cancelled.detail)
      }
    }
    bodyBytes += piece.count
    return piece.count
  }

  /// Gives the next piece of a mail.
  func send(into space: UnsafeMutableRawBufferPointer) -> Int {
    let count = min(space.count, upload.data.count - upload.sent)
    guard count > 0 else { return 0 }
    upload.data.withUnsafeBytes { data in
      space.copyMemory(
        from: UnsafeRawBufferPointer(rebasing: data[upload.sent..<upload.sent + count]))
    }
    upload.sent += count
    return count
  }

  /// Whether the transfer may go on, asked whenever libcurl has worked on it.
  ///
  /// Chunk extensions and empty frames carry no byte of a reply and cost processor time all the same.
  func mayGoOn(moved bytes: Int) -> Bool {
    effort.time += meter?.lap() ?? .zero
    guard effort.time >= Self.leastProgress.processorTime else { return true }
    let moved = bytes + headerBytes
    guard moved - effort.bytes >= Self.leastProgress.bytes else {
      let seconds = Int(effort.time.seconds.rounded())
      abortCause = CurlFailure(
        code: .protocolViolation,
        detail: "The server keeps the connection busy and sends nothing: "
          + "\(moved - effort.bytes) bytes in \(seconds) s of processor time.")
      return false
    }
    effort = (.zero, moved)
    return true
  }

  /// Notes what was said between us and a mail server.
  func overhear(_ kind: curl_infotype, _ text: UnsafeRawBufferPointer) {
    switch kind {
    case CURLINFO_HEADER_OUT: dialogue?.sent(text)
    case CURLINFO_HEADER_IN: dialogue?.received(text)
    default: break
    }
  }

  // MARK: Helpers

  private func abort(_ code: TransportError.Code, _ detail: String) -> Int {
    abortCause = CurlFailure(code: code, detail: detail)
    return Int(CURL_WRITEFUNC_ERROR)
  }

  private func finishHead(_ job: HTTPJob) {
    let isRefusal = status >= 400
    headerBlock.withUnsafeMutableBytes {
      job.secrets.mask($0, isRefusal ? .message : .data, carried: isRefusal ? nil : job.carried)
    }
    let complete = ResponseHead(
      status: status, headers: HTTPHeaders(block: headerBlock), url: job.url)
    head = complete
    if case .collect = sink, job.method != .head,
      let length = complete.headers.firstBytes("Content-Length").flatMap({ ASCII.number($0) })
    {
      // A server may lie: room for what is allowed at most, and the system backs it when it is used.
      _ = buffer.reserve(min(length, job.maxBodyBytes))
    }
    onHead?(complete)
  }

  /// The status of `HTTP/1.1 200 OK` or `HTTP/2 200`.
  private static func status(_ line: UnsafeRawBufferPointer) -> Int {
    guard let space = line.firstIndex(of: 0x20) else { return 0 }
    return ASCII.number(line[(space + 1)...].prefix { ASCII.isDigit($0) }) ?? 0
  }
}
