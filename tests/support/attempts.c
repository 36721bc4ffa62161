/* Stands in for a program that is run: tries each of its arguments, such as `read:/etc/passwd`, and prints what
   came of it. */
#define _GNU_SOURCE
#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <sys/wait.h>
#include <unistd.h>

static int open_as(const char *path, int flags) {
  int file = open(path, flags, 0600);
  char byte;
  if (file < 0) return -1;
  return flags == O_RDONLY && read(file, &byte, 1) < 0 ? -1 : 0;
}

/* The child tells by its status why it could not become the program. */
static int execute(const char *path, const char *argument) {
  int status;
  pid_t child = fork();
  if (child == 0) {
    execl(path, path, argument, (char *)NULL);
    _exit(errno);
  }
  if (child < 0 || waitpid(child, &status, 0) < 0) return -1;
  errno = WEXITSTATUS(status);
  return errno ? -1 : 0;
}

/* Writes a script and runs it: what runs it may be refused, too, but not with this error. */
static int execute_own(const char *path) {
  int file = open(path, O_WRONLY | O_CREAT, 0700);
  if (file < 0 || write(file, "#!/nowhere\n", 11) < 0 || close(file)) return -1;
  return execute(path, NULL);
}

static int reach(int kind, const char *port) {
  struct sockaddr_in to = {.sin_family = AF_INET, .sin_port = htons((unsigned short)atoi(port))};
  int socket_ = socket(AF_INET, kind, 0);
  to.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  if (kind == SOCK_DGRAM) return sendto(socket_, "x", 1, 0, (struct sockaddr *)&to, sizeof to) < 0 ? -1 : 0;
  return connect(socket_, (struct sockaddr *)&to, sizeof to);
}

static int reach_socket(const char *path, int is_abstract) {
  struct sockaddr_un to = {.sun_family = AF_UNIX};
  size_t start = is_abstract ? 1 : 0;
  strncpy(to.sun_path + start, path, sizeof to.sun_path - 1 - start);
  return connect(socket(AF_UNIX, SOCK_STREAM, 0), (struct sockaddr *)&to,
                 (socklen_t)(offsetof(struct sockaddr_un, sun_path) + start + strlen(path)));
}

static int take(long megabytes) {
  return malloc((size_t)megabytes << 20) ? 0 : -1;
}

static int attempt(const char *verb, const char *of) {
  if (!strcmp(verb, "read")) return open_as(of, O_RDONLY);
  if (!strcmp(verb, "list")) return open_as(of, O_RDONLY | O_DIRECTORY);
  if (!strcmp(verb, "write")) return open_as(of, O_WRONLY);
  if (!strcmp(verb, "make")) return open_as(of, O_WRONLY | O_CREAT);
  if (!strcmp(verb, "own")) return execute_own(of);
  if (!strcmp(verb, "execute")) return execute(of, NULL);
  /* The loader runs, and says itself that it cannot open the file. */
  if (!strcmp(verb, "load")) return execute("/lib64/ld-linux-x86-64.so.2", of) ? (errno = EACCES, -1) : 0;
  if (!strcmp(verb, "tcp")) return reach(SOCK_STREAM, of);
  if (!strcmp(verb, "udp")) return reach(SOCK_DGRAM, of);
  if (!strcmp(verb, "unix")) return reach_socket(of, 0);
  if (!strcmp(verb, "abstract")) return reach_socket(of, 1);
  if (!strcmp(verb, "signal")) return kill(atoi(of), 0);
  if (!strcmp(verb, "unmount")) return umount2(of, MNT_DETACH);
  if (!strcmp(verb, "take")) return take(atol(of));
  errno = ENOSYS;
  return -1;
}

int main(int count, char **words) {
  char scratch[4096];
  if (count > 1 && !strcmp(words[1], "version")) return puts("2.99.0"), 0;
  for (int i = 1; i < count; i++) {
    char *word = words[i], *of = strchr(word, ':');
    /* It ends in the end, though nothing ends it. */
    if (!strcmp(word, "spin")) for (alarm(20);;) {}
    if (!of) return 2;
    *of++ = 0;
    if (!strncmp(of, "$TMPDIR", 7)) of = (snprintf(scratch, sizeof scratch, "%s%s", getenv("TMPDIR"), of + 7), scratch);
    if (!strncmp(of, "$DOCKER_HOST", 12)) of = getenv("DOCKER_HOST") + strlen("unix://");
    printf("%s: %s\n", word, attempt(word, of) ? strerrorname_np(errno) : "ok");
    fflush(stdout);
  }
}
