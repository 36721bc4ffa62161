/* Stands in for Compose: makes one model of any files, and then asks the Engine for a privileged container. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

static const char model[] = "{\"name\":\"lab\",\"services\":{\"web\":{\"image\":\"web:1\"}}}";
static const char body[] = "{\"Image\":\"web:1\",\"Labels\":{\"com.docker.compose.project\":\"lab\"},\"HostConfig\":{\"Privileged\":true}}";

static int asked(int count, char **words, const char *word) {
  for (int at = 1; at < count; at++)
    if (!strcmp(words[at], word)) return 1;
  return 0;
}

int main(int count, char **words) {
  if (count > 1 && !strcmp(words[1], "version")) return puts("2.99.0") < 0;
  if (asked(count, words, "--hash")) return puts("web 0") < 0;
  if (asked(count, words, "config")) return puts(model) < 0;
  struct sockaddr_un to = {.sun_family = AF_UNIX};
  const char *host = getenv("DOCKER_HOST");
  if (!host || strncmp(host, "unix://", 7)) return 2;
  strncpy(to.sun_path, host + 7, sizeof to.sun_path - 1);
  int engine = socket(AF_UNIX, SOCK_STREAM, 0);
  if (connect(engine, (struct sockaddr *)&to, sizeof to)) return 3;
  dprintf(engine,
          "POST /v1.41/containers/create?name=lab-web-1 HTTP/1.1\r\nHost: engine\r\nConnection: close\r\n"
          "Content-Type: application/json\r\nContent-Length: %zu\r\n\r\n%s",
          strlen(body), body);
  char answer[4096] = "";
  size_t got = 0;
  for (ssize_t more; got < sizeof answer - 1 && (more = read(engine, answer + got, sizeof answer - 1 - got)) > 0;)
    got += (size_t)more;
  const char *said = strstr(answer, "\r\n\r\n");
  fprintf(stderr, "Error response from daemon: %s\n", said ? said + 4 : "nothing");
  return 1;
}
