// Sentences of live sources: connecting, signing in, what came back.

import type { PhraseBook } from '../phrases.ts'

export const connectors: PhraseBook = {
  'The token address gave no token{}.': '令牌地址没有给出令牌{}。',
  'Check client id, client secret and scopes.': '请检查客户端 ID、客户端密钥和权限范围。',
  'The token address did not answer.': '令牌地址没有响应。',
  'A secret that is sent as a header holds a line break or another control character.':
    '作为请求头发送的密钥含有换行或其他控制字符。',
  'The answer is packed as {}.': '响应以 {} 压缩。',
  'The packed answer is damaged.': '压缩的响应已损坏。',
  'The answer is larger than {} when unpacked; it was not read further.': '响应解压后超过 {}，已停止读取。',
  'Narrow the query or shorten the range; the limit is among the settings of the source.':
    '请收窄查询或缩短时间范围；上限可在数据源的设置中调整。',
  'A source is reached through a proxy or through a bastion, not both.':
    '数据源只能经代理或经堡垒机访问，不能两者并用。',
  'Take the proxy away: the bastion connects from its own side.': '请去掉代理：连接由堡垒机一侧发起。',
  'Nothing listens at the address: the connection was refused.': '该地址没有服务监听：连接被拒绝。',
  'Check host and port, and whether the server runs.': '请检查主机和端口，以及服务器是否在运行。',
  'The host name is not known.': '无法解析主机名。',
  'Check the name; inside a company network a VPN or a bastion may be needed.':
    '请检查名称；公司内网可能需要 VPN 或堡垒机。',
  'The name service did not answer.': '域名服务没有响应。',
  'Is the network there?': '网络是否连通？',
  'There is no way to the host.': '没有到达该主机的路由。',
  'There is no way to the network of the host.': '没有到达该主机所在网络的路由。',
  'Is the network or the VPN there?': '网络或 VPN 是否连通？',
  'The server did not answer the connection.': '服务器没有响应连接。',
  'A firewall may drop the packets; a VPN, proxy or bastion may be needed.':
    '可能是防火墙丢弃了数据包；也许需要 VPN、代理或堡垒机。',
  'The server took the question and did not answer in time.': '服务器接收了查询，但没有按时响应。',
  'It may be overloaded or frozen. Ask for less: a shorter range or a narrower query.':
    '它可能过载或卡死。请少查一些：缩短时间范围或收窄查询。',
  'The server stopped in the middle of its answer.': '服务器在响应中途停止。',
  'It may be overloaded or frozen.': '它可能过载或卡死。',
  'The connection was cut.': '连接被切断。',
  'The server or something in between ended it.': '由服务器或中间设备切断。',
  'The connection was cut in the middle of the answer.': '连接在响应中途被切断。',
  'The answer ended before it was whole.': '响应未完整就已结束。',
  'The certificate of the server has expired.': '服务器证书已过期。',
  'It must be renewed; nothing was sent. If it is valid elsewhere, the clock of this machine may be wrong.':
    '证书须更新；没有发送任何内容。若在别处有效，可能是本机时钟不准。',
  'The certificate of the server is not valid yet.': '服务器证书尚未生效。',
  'The clock of this machine may be wrong.': '本机时钟可能不准。',
  'The certificate is for another host name.': '证书属于另一个主机名。',
  'Use the name that the certificate has, or give it under TLS as the server name. Nothing was sent.':
    '请使用证书上的名称，或在 TLS 中填写为服务器名。没有发送任何内容。',
  'The certificate was issued by an authority that this machine does not know.': '证书的签发机构不被本机信任。',
  'The certificate is self-signed.': '证书是自签名的。',
  'The server does not speak TLS at this port.': '服务器在此端口不使用 TLS。',
  'Try http:// instead of https://.': '请用 http:// 代替 https:// 试试。',
  'The server wants a client certificate.': '服务器要求客户端证书。',
  'The server did not accept the client certificate.': '服务器没有接受客户端证书。',
  'Check certificate and key under TLS.': '请检查 TLS 中的证书和私钥。',
  'The server does not know the authority of the client certificate.': '服务器不信任客户端证书的签发机构。',
  'The proxy could not be reached safely.': '无法安全地连接代理。',
  'Check the address of the proxy.': '请检查代理地址。',
  'What answers there does not speak HTTP.': '该处的响应不是 HTTP。',
  'Check the port, and whether it is http:// or https://.': '请检查端口，以及应为 http:// 还是 https://。',
  'The proxy refused to connect.': '代理拒绝连接。',
  'Check its address, user name and password, and whether it lets this host through.':
    '请检查代理的地址、用户名和密码，以及它是否放行该主机。',
  'The source could not be reached ({}).': '无法连接数据源（{}）。',
  'The source failed {} times in a row and is left alone for {} s more. Last: {}':
    '数据源连续失败 {} 次，再过 {} 秒后重试。最近一次：{}',
  'The source asked to wait {} s before the next question.': '数据源要求等待 {} 秒后再查询。',
  'It is protecting itself from load. Widen the step or close views that ask it.':
    '它正在自我保护。请加大步长，或关闭查询它的视图。',
  'The source gave no whole answer within {} s.': '数据源在 {} 秒内没有给出完整响应。',
  'It may be overloaded or frozen. Ask for less, or raise the limit among the settings of the source.':
    '它可能过载或卡死。请少查一些，或在数据源的设置中提高上限。',
  'The server redirects to nowhere.': '服务器重定向到无效地址。',
  'The server redirects to another address, {}; nothing was sent there.':
    '服务器重定向到另一个地址 {}；没有向那里发送任何内容。',
  'When that is where the source lives, give that address. When it is a sign-in page, this source needs other credentials.':
    '若数据源确在那里，请填写该地址。若那是登录页，此数据源需要其他凭据。',
  'The server redirects in a circle.': '服务器循环重定向。',
  'The source does not know who asks (401).': '数据源无法确认身份（401）。',
  'The proxy wants credentials (407).': '代理要求凭据（407）。',
  'Check user name, password or token; it may have expired.': '请检查用户名、密码或令牌；可能已过期。',
  'The source knows who asks, and does not allow it (403).': '数据源已确认身份，但不允许此操作（403）。',
  'Ask for read access, or check the tenant.': '请申请读取权限，或检查租户。',
  'The source has nothing at this path ({}).': '数据源在此路径没有内容（{}）。',
  'Check the path of the address: some servers live below one, such as /prometheus.':
    '请检查地址中的路径：有些服务器位于子路径下，例如 /prometheus。',
  'The source asks for fewer questions (429).': '数据源要求减少查询（429）。',
  'Lower the rate among the settings of the source, or close views that ask it.':
    '请在数据源的设置中降低频率，或关闭查询它的视图。',
  'The server failed ({}){}.': '服务器出错（{}）{}。',
  'Its own log says why. What comes from other sources is not affected.': '原因见它自己的日志。其他数据源不受影响。',
  'The source refused the question ({}).': '数据源拒绝了查询（{}）。',
  'A web page came instead of an answer{}.': '收到的是网页而不是响应{}。',
  'Something in between answered: a sign-in page, a proxy, or the path is that of a user interface.':
    '是中间环节作出的响应：登录页或代理，或者该路径属于用户界面。',
  'The proxy is given as a PAC file, which is a program; it is not run.': '代理以 PAC 文件给出，那是程序，不会运行。',
  'The address of the proxy (from {}) is none.': '代理地址（来自 {}）无效。',
  'http://host:port, https://host:port or socks5://host:port':
    'http://host:port、https://host:port 或 socks5://host:port',
  'A proxy of the protocol {} is not there.': '不支持协议 {} 的代理。',
  'http://, https:// and socks5:// are.': '支持 http://、https:// 和 socks5://。',
  'The answer has more than {} samples.': '响应超过 {} 个样本。',
  'Take a larger step, a shorter range, or aggregate.': '请加大步长、缩短时间范围或做聚合。',
  'The answer of the server holds {}.': '服务器的响应含有{}。',
  'Something in between may have changed it.': '中间环节可能改动过它。',
  'What came is not an answer of Prometheus ({}).': '收到的不是 Prometheus 的响应（{}）。',
  'Something in between may have cut or changed it, or the path is that of another program.':
    '中间环节可能截断或改动过它，或者该路径属于其他程序。',
  'There is nothing to get into {} with: no agent, key or password.':
    '没有可用于登录 {} 的方式：没有 agent、密钥或密码。',
  'Start an SSH agent with your key, or give a key or a password.': '请启动载有密钥的 SSH agent，或提供密钥、密码。',
  'The SSH key needs its passphrase, or the one given is wrong.': 'SSH 密钥需要口令，或口令不正确。',
  'What was given as SSH key is none.': '所给内容不是 SSH 密钥。',
  'Give the passphrase, or load the key into an SSH agent.': '请提供口令，或将密钥载入 SSH agent。',
  'An OpenSSH or PEM private key is needed.': '需要 OpenSSH 或 PEM 格式的私钥。',
  'The bastion {} is met for the first time; its key is {}.': '首次连接堡垒机 {}；其密钥为 {}。',
  'Compare the key with what its owner says, then accept it.': '请与管理员提供的密钥核对后再信任。',
  'The key of the bastion {} was revoked ({}).': '堡垒机 {} 的密钥已被吊销（{}）。',
  'The key of the bastion {} is not the one that was accepted before ({}).': '堡垒机 {} 的密钥与先前信任的不符（{}）。',
  'Somebody may stand in between. Ask its owner whether the key was changed; nothing was sent.':
    '可能有中间人。请向管理员确认密钥是否更换；尚未发送任何内容。',
  'The bastion does not allow connections to {}:{}.': '堡垒机不允许连接到 {}:{}。',
  'The bastion could not connect to {}:{}.': '堡垒机无法连接到 {}:{}。',
  'Its owner must allow forwarding to it (AllowTcpForwarding, PermitOpen).':
    '需由管理员放行转发（AllowTcpForwarding、PermitOpen）。',
  'The address is looked up and dialled from the bastion: does the server run, and is that its name there?':
    '地址由堡垒机解析和连接：服务器是否在运行，在那一侧是否就是这个名称？',
  'The bastion did not let {} in.': '堡垒机拒绝了 {} 的登录。',
  'Check user, key and passphrase; `ssh-add -l` lists the keys of the agent.':
    '请检查用户、密钥和口令；`ssh-add -l` 可列出 agent 中的密钥。',
  'The bastion {} did not answer.': '堡垒机 {} 没有响应。',
  'The bastion {} could not be reached.': '无法连接堡垒机 {}。',
  'Check host and port, and whether the network or the VPN is there.': '请检查主机和端口，以及网络或 VPN 是否连通。',
  'The bastion let us in': '已登录堡垒机',
  '{} hops let us in': '已登录 {} 台堡垒机',
  'The server did not answer the TLS handshake.': '服务器没有响应 TLS 握手。',
  'Does this port speak TLS? Try http:// instead of https://.': '该端口是否为 TLS？可尝试用 http:// 代替 https://。',
  'The clock of the server is {} min ahead of this machine’s.': '服务器时钟比本机快 {} 分钟。',
  'The clock of the server is {} min behind this machine’s.': '服务器时钟比本机慢 {} 分钟。',
  'Set the clock that is wrong; until then “now” means two different times.':
    '请校正有误的时钟；在此之前两边的“现在”并不相同。',
  'Settings are complete': '设置完整',
  'Through the proxy {} (from {})': '经代理 {}（来自 {}）',
  'The proxy answers': '代理有响应',
  'The server does not say its time': '服务器未报告时间',
  '{} s apart': '相差 {} 秒',
  'No credentials were asked for': '无需凭据',
  'The credentials were accepted': '凭据有效',
  '{} answers queries': '{} 可响应查询',
  'Compatible with Prometheus; it does not say its version': '与 Prometheus 兼容；未报告版本',
  'Queries, labels, metadata and status': '查询、标签、元数据和状态',
  'Queries and labels; not {}': '查询和标签；无权访问 {}',
  'The answer of {} is larger than 64 MB.': '{} 的响应超过 64 MB。',
  'The query speaks of its whole range and has more than {} steps.': '查询引用了整个时间范围，且超过 {} 步。',
  'It cannot be asked in parts: take a larger step or a shorter range.': '它无法分段查询：请增大步长或缩短时间范围。',
  'live: only the answers that were pinned are in the file': '在线数据源：文件中仅有已钉住的查询结果',
}
