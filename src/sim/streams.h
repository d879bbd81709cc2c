#ifndef AW_SIM_STREAMS_H
#define AW_SIM_STREAMS_H

/* Streams of random numbers under one seed; add the link's number to those from LINK on. */
enum {
    AW_SIM_STREAM_ROOM = 1,
    AW_SIM_STREAM_VITALS = 2,
    AW_SIM_STREAM_SWAY = 3,
    AW_SIM_STREAM_PLACE = 4,
    AW_SIM_STREAM_FIGURE = 5,     /* item: person */
    AW_SIM_STREAM_GESTURE = 6,    /* item: person and slot */
    AW_SIM_STREAM_HOME = 7,       /* rooms and scripts of sim/home.h */
    AW_SIM_STREAM_LINK = 0x100,   /* constant phases of a receiver */
    AW_SIM_STREAM_TIMING = 0x200, /* item: frame number */
    AW_SIM_STREAM_FATE = 0x300,   /* lost, mixed, delay of the stamp */
    AW_SIM_STREAM_GAIN = 0x400,
    AW_SIM_STREAM_NOISE = 0x500,
    AW_SIM_STREAM_TWICE = 0x600,
};

#endif
