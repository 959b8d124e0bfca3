-- The schema that deployments have from before stream ids, with votes in it, as pg_dump writes it.
--
-- PostgreSQL database dump
--


-- Dumped from database version 15.18 (Debian 15.18-0+deb12u1)
-- Dumped by pg_dump version 15.18 (Debian 15.18-0+deb12u1)

SET statement_timeout = 0;
SET lock_timeout = 0;
SET idle_in_transaction_session_timeout = 0;
SET client_encoding = 'UTF8';
SET standard_conforming_strings = on;
SELECT pg_catalog.set_config('search_path', '', false);
SET check_function_bodies = false;
SET xmloption = content;
SET client_min_messages = warning;
SET row_security = off;

--
-- Name: get_vote_results(); Type: FUNCTION; Schema: public; Owner: -
--

CREATE FUNCTION public.get_vote_results() RETURNS TABLE(option character varying, count integer, percentage numeric, updated_at timestamp with time zone)
    LANGUAGE plpgsql
    AS $$
BEGIN
  RETURN QUERY SELECT v.option, v.count, ROUND(v.count * 100.0 / NULLIF(SUM(v.count) OVER (), 0), 2), v.updated_at
    FROM votes v ORDER BY v.count DESC;
END; $$;


--
-- Name: increment_vote(character varying); Type: FUNCTION; Schema: public; Owner: -
--

CREATE FUNCTION public.increment_vote(vote_option character varying) RETURNS TABLE(option character varying, new_count integer)
    LANGUAGE plpgsql
    AS $$
BEGIN
  RETURN QUERY UPDATE votes SET count = votes.count + 1, updated_at = CURRENT_TIMESTAMP
    WHERE votes.option = vote_option RETURNING votes.option, votes.count;
END; $$;


SET default_tablespace = '';

SET default_table_access_method = heap;

--
-- Name: vote_events; Type: TABLE; Schema: public; Owner: -
--

CREATE TABLE public.vote_events (
    id integer NOT NULL,
    option character varying(10) NOT NULL,
    "timestamp" timestamp with time zone DEFAULT CURRENT_TIMESTAMP,
    source_ip inet,
    user_agent text,
    CONSTRAINT vote_events_option_check CHECK (((option)::text = ANY ((ARRAY['cats'::character varying, 'dogs'::character varying])::text[])))
);


--
-- Name: vote_events_id_seq; Type: SEQUENCE; Schema: public; Owner: -
--

CREATE SEQUENCE public.vote_events_id_seq
    AS integer
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1;


--
-- Name: vote_events_id_seq; Type: SEQUENCE OWNED BY; Schema: public; Owner: -
--

ALTER SEQUENCE public.vote_events_id_seq OWNED BY public.vote_events.id;


--
-- Name: votes; Type: TABLE; Schema: public; Owner: -
--

CREATE TABLE public.votes (
    id integer NOT NULL,
    option character varying(10) NOT NULL,
    count integer DEFAULT 0 NOT NULL,
    created_at timestamp with time zone DEFAULT CURRENT_TIMESTAMP,
    updated_at timestamp with time zone DEFAULT CURRENT_TIMESTAMP,
    CONSTRAINT votes_count_check CHECK ((count >= 0)),
    CONSTRAINT votes_option_check CHECK (((option)::text = ANY ((ARRAY['cats'::character varying, 'dogs'::character varying])::text[])))
);


--
-- Name: votes_id_seq; Type: SEQUENCE; Schema: public; Owner: -
--

CREATE SEQUENCE public.votes_id_seq
    AS integer
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1;


--
-- Name: votes_id_seq; Type: SEQUENCE OWNED BY; Schema: public; Owner: -
--

ALTER SEQUENCE public.votes_id_seq OWNED BY public.votes.id;


--
-- Name: vote_events id; Type: DEFAULT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.vote_events ALTER COLUMN id SET DEFAULT nextval('public.vote_events_id_seq'::regclass);


--
-- Name: votes id; Type: DEFAULT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.votes ALTER COLUMN id SET DEFAULT nextval('public.votes_id_seq'::regclass);


--
-- Data for Name: vote_events; Type: TABLE DATA; Schema: public; Owner: -
--

INSERT INTO public.vote_events VALUES (1, 'cats', '2025-10-09 08:53:20.123+00', '192.0.2.7', 'curl/8.5');
INSERT INTO public.vote_events VALUES (2, 'dogs', '2025-10-09 08:53:21+00', '2001:db8::1', NULL);
INSERT INTO public.vote_events VALUES (3, 'cats', '2025-10-09 08:53:22+00', NULL, NULL);


--
-- Data for Name: votes; Type: TABLE DATA; Schema: public; Owner: -
--

INSERT INTO public.votes VALUES (1, 'cats', 2147483647, '2026-11-23 20:19:19.485613+00', '2026-11-23 20:19:19.485613+00');
INSERT INTO public.votes VALUES (2, 'dogs', 12345, '2026-11-23 20:19:19.485613+00', '2026-11-23 20:19:19.485613+00');


--
-- Name: vote_events_id_seq; Type: SEQUENCE SET; Schema: public; Owner: -
--

SELECT pg_catalog.setval('public.vote_events_id_seq', 3, true);


--
-- Name: votes_id_seq; Type: SEQUENCE SET; Schema: public; Owner: -
--

SELECT pg_catalog.setval('public.votes_id_seq', 2, true);


--
-- Name: vote_events vote_events_pkey; Type: CONSTRAINT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.vote_events
    ADD CONSTRAINT vote_events_pkey PRIMARY KEY (id);


--
-- Name: votes votes_option_key; Type: CONSTRAINT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.votes
    ADD CONSTRAINT votes_option_key UNIQUE (option);


--
-- Name: votes votes_pkey; Type: CONSTRAINT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.votes
    ADD CONSTRAINT votes_pkey PRIMARY KEY (id);


--
-- Name: idx_vote_events_option; Type: INDEX; Schema: public; Owner: -
--

CREATE INDEX idx_vote_events_option ON public.vote_events USING btree (option);


--
-- Name: idx_vote_events_timestamp; Type: INDEX; Schema: public; Owner: -
--

CREATE INDEX idx_vote_events_timestamp ON public.vote_events USING btree ("timestamp" DESC);


--
-- Name: idx_votes_option; Type: INDEX; Schema: public; Owner: -
--

CREATE INDEX idx_votes_option ON public.votes USING btree (option);


--
-- PostgreSQL database dump complete
--
