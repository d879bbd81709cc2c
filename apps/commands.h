#ifndef AW_APPS_COMMANDS_H
#define AW_APPS_COMMANDS_H

int cmd_serve(int argc, char **argv);
int cmd_replay(int argc, char **argv);
int cmd_inspect(int argc, char **argv);
int cmd_convert(int argc, char **argv);
int cmd_record(int argc, char **argv);
int cmd_send(int argc, char **argv);
int cmd_doctor(int argc, char **argv);
int cmd_sim(int argc, char **argv);
int cmd_token(int argc, char **argv);
int cmd_key(int argc, char **argv);
int cmd_config(int argc, char **argv);
int cmd_model(int argc, char **argv);

#endif
