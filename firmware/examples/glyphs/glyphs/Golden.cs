namespace SparseNas.Generated
{
    /// <summary>Inputs with the outputs of the reference executor, in hexadecimal: see SelfTest.cs.</summary>
    public static class Golden
    {
        public const string Model = "glyphs";
        public const int Count = 8;

        /// <summary>Two digits per byte of one image row, columns of channels.</summary>
        public static string Row(int vector, int row)
        {
            switch (vector)
            {
                case 0:
                    return Vector0(row);
                case 1:
                    return Vector1(row);
                case 2:
                    return Vector2(row);
                case 3:
                    return Vector3(row);
                case 4:
                    return Vector4(row);
                case 5:
                    return Vector5(row);
                case 6:
                    return Vector6(row);
                default:
                    return Vector7(row);
            }
        }

        /// <summary>Eight digits per class, two's complement.</summary>
        public static string Logits(int index)
        {
            switch (index)
            {
                case 0:
                    return "fffff1dfffffea19000012f700000d6effffddd1ffffe6c5ffffe334000002c600001eadfffffcd3";
                case 1:
                    return "00002a89fffff1d700000d30fffff9a3ffffbf52000014e1fffff61dfffff31b00000b4200000a24";
                case 2:
                    return "ffffcd9c00003e36000001e6ffffd187000030abffffeae2000007e7ffffe21dfffff76fffffaede";
                case 3:
                    return "000003adffffeb0200003b2600001543ffffd481ffffd81dffffb6d5000027f000001506000009c3";
                case 4:
                    return "000000ea000011b4ffffffa7000016bafffffaf300000100ffffeb49fffff9b2fffff8defffff196";
                case 5:
                    return "fffffb9e000028e000000463ffffcc720000349cffffde0bfffff70effffd0c7fffffa61ffffe4ca";
                case 6:
                    return "ffffe918ffffbaa0fffff70b00003493ffffdf8c000041e5ffffe1e6fffff11600001aae00001c99";
                default:
                    return "ffffe92effffead7fffff204fffff919000016f3fffffb2c000022e8ffffefed00000cbcffffd0f4";
            }
        }

        /// <summary>The class with the largest logit.</summary>
        public static int Class(int index)
        {
            switch (index)
            {
                case 0:
                    return 8;
                case 1:
                    return 0;
                case 2:
                    return 1;
                case 3:
                    return 2;
                case 4:
                    return 3;
                case 5:
                    return 4;
                case 6:
                    return 5;
                default:
                    return 6;
            }
        }

        private static string Vector0(int index)
        {
            switch (index)
            {
                case 0:
                    return "b3859264b2241261dd8deef5eeab99e3147d0b10767f9c59673663da";
                case 1:
                    return "c0fb02e16d65a63c3fd6627815047ea24f708183f36b36a2e6f4e63e";
                case 2:
                    return "af3386cc9eb061f694e990d584eb29a06a4019d146fbff8a65d304fe";
                case 3:
                    return "6bd2507fb482527eb4dad4d1969fb38f2b0c4c43ff9c20443c3c16c4";
                case 4:
                    return "b7b28a4ac9c77a37da0c4a8a6023ff1297141232257b8dbf201568bb";
                case 5:
                    return "e605d5dd9860f3e93b80ae49e7a0d1361fc5269ebb179415ec382bc4";
                case 6:
                    return "7ac9ed205994a2654ff78fbc14cf33a37856172f440f53a64846c8e6";
                case 7:
                    return "14817b0474a1509bbca63e3f9ff2655f98d299fb7ecac8f4d25b7643";
                case 8:
                    return "a05c051945998fe3717b8c908d1bda98483550ebb0317dfd3b3937f8";
                case 9:
                    return "357053d374caf164393e491e3420615172f0a2b0d76f238fd03ac80f";
                case 10:
                    return "167a71477ef571e4c8a2657aba1f4608c41b83e54ce78f03fc8adc3b";
                case 11:
                    return "a88b8814b33a82081f3c1525259eb0c5ad1d410297751f30ca5d492c";
                case 12:
                    return "61543be35a4a5193929268f0849ab1b1a0bd1d9bf2f64b9386abe17a";
                case 13:
                    return "13a54716682cad7f3d84d4f2152ac8aa79a0d4145677d32d9149c72a";
                case 14:
                    return "17ef4bbd4d76e84b68bbfbdc1ffe5994b7a09d4bae818d0047498ed1";
                case 15:
                    return "7ced81a355c0ca83526eb887546c7a53ebe4ddedc2a6d11d77b00311";
                case 16:
                    return "e2a799c8ff2adb7b47958dc0043c27e319aa85004ec7cf9432d498f6";
                case 17:
                    return "823c627990a8a29280733f76c1fc8a7ba8d7408ff798038577bb5fce";
                case 18:
                    return "e845120c70ff15d96c2a249be686d471138d07c12ac3343f8103c181";
                case 19:
                    return "52d7c3e965894b5e5ea78fac0e450d8473abc551a82b79b73c34f0ee";
                case 20:
                    return "1368466f2c0f4139530c1a60c701c4bcc1c81ca5b033da8397c0f4d2";
                case 21:
                    return "b8574bb79c7fc9cf9efb43d727d9a9f7a74fa513f3f70f6716c50056";
                case 22:
                    return "b4843452d90911d4fa331b88461293ddf3402433d45c3fb501ff4f10";
                case 23:
                    return "87851878f20faa7c30ea0c0ae3d6c934b1397edb1a3d4311624e134c";
                case 24:
                    return "ae26bc37b41e57c218fde5793bdbb2d0119d5e10ff66471e685a5de4";
                case 25:
                    return "4bdce35fb9c87f2b7afb28b785e40e9faf55d9b0303063db976987da";
                case 26:
                    return "2e1c493ebfc1c92ace422e4cfae748802efd8daaf4b5918ba7ae1b9f";
                default:
                    return "3f2b4c8a8834b269b3e006ab3ed6a06a8e16e43b4321f076b93c7c22";
            }
        }

        private static string Vector1(int index)
        {
            switch (index)
            {
                case 0:
                    return "0b11090708211110060f1412181c161d1c1f1a0c0c1b1615150b211c";
                case 1:
                    return "25181121221520141b1718140b020d0a2413171d16091219110b121d";
                case 2:
                    return "221911251f12101213091b0e1710181f12161624131019081a0d120e";
                case 3:
                    return "1c131e0f14050a15121f121c12151727161f210d1c22201809180e20";
                case 4:
                    return "10180b1c111c12091619150206446649161217111b13180b0c1a1217";
                case 5:
                    return "0d1d131202140f1613161c528f98a4a09a7236180d1a180f08151219";
                case 6:
                    return "071d1c1d141a1a13171a769ea2837f96969b9c47171e0f1807161010";
                case 7:
                    return "190f182e12040b0d1c62a29f491b180c2a62ad9e4f10101a19251a02";
                case 8:
                    return "141b090c2113241021b0b21b150a0b1520085098a73f0e1f15250b18";
                case 9:
                    return "1a001b1321011818629d582216151f10071110508a7e121017111805";
                case 10:
                    return "19110f142118111670af42261b211a0d1d091919849f4f2014120318";
                case 11:
                    return "1d171e11141423268899390f121419110e2321093e9b82151a111110";
                case 12:
                    return "0a0e231416140909639f5c01101110111e1a1f081181a03f21131807";
                case 13:
                    return "1b281a1411201a1f3fb45e13201202131f1617151369a56600120e17";
                case 14:
                    return "0d0a081b1305201a3995781a0f1f0e0816091e070f3aa57022792428";
                case 15:
                    return "10190e17151a0b2616829e3f150d041d100b182313219d9a1e8b8705";
                case 16:
                    return "1b181515251f221e134f9d802119170b1c1b1610160c66a1503eae74";
                case 17:
                    return "180d1d1a1b26051f0f2695984223221e16050d19181388a12c09488a";
                case 18:
                    return "0c28230e0f121d121c0d53a592270d1f070008120e1964a6270c1a1e";
                case 19:
                    return "060a0d09170b1a1e18152469b478211a1d1b1d1d1d17a6a51f180c11";
                case 20:
                    return "2008230d161c111c231e15188a998c2b201816142476a1762c181818";
                case 21:
                    return "0910161908070c17191f0c111a7a96a46c3f2754869c81360a221311";
                case 22:
                    return "1b14200f16130a1c0d0b1a1b161d5595af9ea1a49c842f1c26151112";
                case 23:
                    return "160c1f101a0a2123032016061f14162d495e75654628311a151b111b";
                case 24:
                    return "1013181b2217161510150e11140614261d1612091869a525161f0c19";
                case 25:
                    return "25171113151e1f1614241105070e18030a1c15171395700f1c170d1d";
                case 26:
                    return "1c1a16091e110d1a12110625081b0c211213121921975a080f1e1b28";
                default:
                    return "1a1a0e001c1114200e111100091f2425161d182043a133111f0c1416";
            }
        }

        private static string Vector2(int index)
        {
            switch (index)
            {
                case 0:
                    return "221e16151520191a181722281e1e0f16131b1b1d201a1b26151d1d1e";
                case 1:
                    return "2123210f1728131d1c261b1a1d202427251c171a26161a0d121b2026";
                case 2:
                    return "16262a2227220e2d1f1c20252d1f22292d1f15211a1a1a2318231f25";
                case 3:
                    return "1c2012271b17151928271521181521201b18161921182b18141c2120";
                case 4:
                    return "101824211a1d22290d232b221f201c191c29281c261623191e1e1916";
                case 5:
                    return "2220252519191d25171f1c2916241f24151e231b27141e19211c1b21";
                case 6:
                    return "1d14201d1a281d2222241c1e1c201334211814231911152117192611";
                case 7:
                    return "1f1717191c0f1b1b19201c1725269dbd8523241d1d1e20201f1b1e19";
                case 8:
                    return "151e1c0d141e152719131f15288bc6bac6262a151c21181e16232316";
                case 9:
                    return "1b221916161c1d1d110c20348ecbc1c7aa1116161c1d1c211c242214";
                case 10:
                    return "1d1422141c251c151b1b5cc1bfbec9bd8f15211c1516231e271c0c1f";
                case 11:
                    return "10182414241f26202d76c3c9bfc4bdbd67281b1c1f221e1317212819";
                case 12:
                    return "0e0e1a2119201d2113a8c1c1cbc4bfc1461f281d2924211927141827";
                case 13:
                    return "23191a1f262026271764b6a56fc6bec21418151b1512181f2221101c";
                case 14:
                    return "2a271c1f1e1e1e1d2422170d93c7c192221b1e211e201e1a1d1e2315";
                case 15:
                    return "1c101f13191e2f2328151b1dcac5c26a1d1d2a191616201e1d26181f";
                case 16:
                    return "1e221f1b2420201c1e1a1d43b9c7b23e1f172b230f251c1c1b2c192d";
                case 17:
                    return "22251f271a23191f0e262781b5bfb15f51382719141e23100f191820";
                case 18:
                    return "1c1e1e241a0e25281f121ba3babebfc6c0bbbeb7a531201f27202214";
                case 19:
                    return "23162c20220e231d1b203bcac7cccacac1bcceb8c2761b2524232721";
                case 20:
                    return "201e211725251c1312276bbac5c930435467808b843114251a201b21";
                case 21:
                    return "1d1f23221c231a21101094b7b8961e231717241f202a14181b1c1e1f";
                case 22:
                    return "191d1c1213538c844f45c2b7b869191a2927142c251b121e12152424";
                case 23:
                    return "2123212025c0b8c0b9bfc1c9b7bbbbbf922722281b1e182517261e1c";
                case 24:
                    return "1a1f1c1929afc2bdb6b7bfc9babdcac0c1461e1d181b10181b1a1c20";
                case 25:
                    return "2b221b1f1c4594afc2b3bdc1c6b2b4b3a80c1b25261c181e1d28271e";
                case 26:
                    return "1a191f2026151b1a11417466555d574a2e1d2018181b251f1c272810";
                default:
                    return "1c17211b1b1f2619281820212f201e1919282f161011252019170e1d";
            }
        }

        private static string Vector3(int index)
        {
            switch (index)
            {
                case 0:
                    return "000b00022700281c050008233000000b010f0000163800101e060011";
                case 1:
                    return "001b000e00370a0100100a0b2c4c5c4f57172300100b27000e29000d";
                case 2:
                    return "111a0001172212001d0e364eb17f8c87b36027041b300f1105041e00";
                case 3:
                    return "00193c2828151d10230086a1714a36348491bc3724010027000b0034";
                case 4:
                    return "2a0000000000131a1c5fbc460d2521061c7acb6c0013031011000000";
                case 5:
                    return "0008071a25160b1c0591ba0d040f00000b0e9d8210152b0600032f00";
                case 6:
                    return "000a240d00130c000033660b03310500000765bc351a000000001000";
                case 7:
                    return "000013202326290f0311000418001d14061560a82200060100220015";
                case 8:
                    return "1d05190008010011201c001a0e0003000015609639080a1824070033";
                case 9:
                    return "002100170000000000391103001c00000c0073ad3500100515001b10";
                case 10:
                    return "10181f250800060024002f3e1b00a32b7543bd5d00123004021b081e";
                case 11:
                    return "001c25171d21210212382e08002191403daf890e0000082300002a00";
                case 12:
                    return "4216101f002b0d0009000f002148b16d90a1250000301d1a17142000";
                case 13:
                    return "03061a270017120009000b08004e9d7678733100000719060b331300";
                case 14:
                    return "100604010900010012002908619ec858505a230000002e0015100000";
                case 15:
                    return "33151b20101413000018478b9ea31d402b66190002303402092d0d28";
                case 16:
                    return "0d17040c00230c001361a79c776d0e382f6218111d1e1100000f0000";
                case 17:
                    return "002e091000223b2a9b9d88480b00192b212018030413091f001d051e";
                case 18:
                    return "08133a24000059997f523900170008140706001c0d002e30000f2900";
                case 19:
                    return "000a0706240ab295a270461b170d00090013004e16181404280b0916";
                case 20:
                    return "15000300330b191c887c897cae631a0f10200b000000290042000d00";
                case 21:
                    return "17211f0d0404281d00262e888aa68b9476651820002c3c211d042709";
                case 22:
                    return "4509323500001a0b0500100f00263585927b0020232500341009030e";
                case 23:
                    return "142c1a0d1a261600150010002102020005001c001800000018180d13";
                case 24:
                    return "35001700000c1a0000031c24040f0409001124001b020b00120e1618";
                case 25:
                    return "0001001e120008140002001223091b23041c33001d17000a001a2320";
                case 26:
                    return "18002c1000290000230002210f2529003e000206071f140000000f3c";
                default:
                    return "212900350c001900000012141300001d050003240d0a09151700040f";
            }
        }

        private static string Vector4(int index)
        {
            switch (index)
            {
                case 0:
                    return "2f23252f23232214281816202a1e262226222a1f2e132b23202d2520";
                case 1:
                    return "1a232416292a1b2e202519181c1d182d261c2b1b1723242c20152c24";
                case 2:
                    return "2c322c272b1815181b24380a1b291526262e272d13241e2421282227";
                case 3:
                    return "2a2c233a2d342730272428282021272a1f212d1e21202b2d2c18251b";
                case 4:
                    return "1f231f24162a272619311f1c1f5950421e23291a23242f1c2d261814";
                case 5:
                    return "1b2c24251e192d201f25261c249991a79978615424191b132421191a";
                case 6:
                    return "231f1e34262a22271f1b2b1f263956748c9ca8a0a77951221f302126";
                case 7:
                    return "15141e2a1b1e241f332033281028222f2c383f659d9e5c201e253417";
                case 8:
                    return "2021232b19211d272f221c26292c1c1c263672a09a58171f241b2627";
                case 9:
                    return "182d1c37112723361929151f292523233f8da37435252a242b1a2b21";
                case 10:
                    return "271d1e100d2c0e231e29221f2c1e204c9ea25e15212b1e252925496e";
                case 11:
                    return "23231913101d201f2e24272b20226a9d8d46152729211d16122a4ca2";
                case 12:
                    return "2a282e2d1729192c1d2e241c3063a1987c3a13291c2833332329489d";
                case 13:
                    return "1a1d1e23242b291d31232f362e2f847692a1401e181c22232a202c9a";
                case 14:
                    return "281c201f2c292725291025221b2b1c1a4d9b601d2b1f272429192587";
                case 15:
                    return "20162c162e2f1a2720231c1c142d24282b9e722e102a321524233357";
                case 16:
                    return "202f25261f2824272621232a202630293cb06b1531211e0c27191f16";
                case 17:
                    return "282e1f1f28242f332222171d221c2120749740272a162616141e1b1a";
                case 18:
                    return "2b142423222b3692772a2e1e251f1c2590832625241f1f2a282a281b";
                case 19:
                    return "21382e21271f2c938518271f151c226f936427331e2a17232e20201b";
                case 20:
                    return "262b2e2b211f258e922b1a202a326c908a1c2e27222929211f223317";
                case 21:
                    return "1a2315172c28206896827369668990983f2d1120222a1b27211e1c28";
                case 22:
                    return "1c3627111a201d1e65a1999f9e926d2e1d1f29232a26261b22192622";
                case 23:
                    return "171d2f112e1f19181a2033342f2a22201d312a33281c141d596d2618";
                case 24:
                    return "1d1d2a23231812162e20271f2128221f2b1927131d4e798c89682a20";
                case 25:
                    return "291619142b232e1913222617282614161f282125246a62461c28191d";
                case 26:
                    return "1d2e29272f28273022232a2419361a220e1b24231f13211c2225161f";
                default:
                    return "1a2920202329232e23241c29242e332b2126232a1d25182f1a212e32";
            }
        }

        private static string Vector5(int index)
        {
            switch (index)
            {
                case 0:
                    return "150e1314100e120f15150d0e0f0f0d0c140d11120c1011140c12100f";
                case 1:
                    return "1211100e0e111111120b12120e0e0c12120f110f10140e12110f150c";
                case 2:
                    return "0f150c0b0f120e100f0d0f0f13130b0d0c141011110e1213130d1413";
                case 3:
                    return "0f13130d0b0d100f0d0e0d0f0d16141011110d12150e10120f130f11";
                case 4:
                    return "110f121011110f0f1013140e4b1a1213100f0f110e100f14120f0f0e";
                case 5:
                    return "0f1314120c09131310121259cc900d130e10120d0b0a0e111310140d";
                case 6:
                    return "101310150e13101610140d7cc8c3140f0d14110f10160b1612100d10";
                case 7:
                    return "13140c1214131410100f0f9fc8c84f11120e0f140f0e0f0d0b0e1311";
                case 8:
                    return "150f110f130f0e120d0f19d0caca8a0e12150f0d0f1011101613110f";
                case 9:
                    return "0e100e0a1010140c13103dc8b5cac81216120f0e0e1112130e0d1110";
                case 10:
                    return "0e0f0e15100d151012175ed094b6cb4b0f13120d0e0a130e100f1310";
                case 11:
                    return "14100e0c101012130f1381c97376ca890e12110d140e12140e11150c";
                case 12:
                    return "120f0b0f14130f0e0b13a0c75340c7c51213131614140d130f0e0c15";
                case 13:
                    return "1015100f0e0b0f111310bcc8330cb6ce49100d0f0f1413150f100e0e";
                case 14:
                    return "0e11170d0d100f0e1427cbc7121077cd8a111014111511171112110f";
                case 15:
                    return "0f110d100f1011120e3cc6b8140c3bc7c3121512121211141310110e";
                case 16:
                    return "0e131314090b0f110c57cd940d0c10aec650100e100c0f0c11141312";
                case 17:
                    return "131510110e110f10116fcf870d150d74cd8b1a2c3415121310151412";
                case 18:
                    return "0b131017120c110c1088ca6b234e6885cac1c7c5c43a10120f120d10";
                case 19:
                    return "100f1212130e110f0999c5b1cbcacfcaccc9c9c2a3270e0a130e1414";
                case 20:
                    return "111311100f0e110e10abccc8cbaa896873c9930c150c110f0f0c100e";
                case 21:
                    return "100d1010111312120e4f6e481a100e0f32c7c62413110f11120e0f12";
                case 22:
                    return "120d0f1111140d0b0e0c0c0f0e0c0f1012a4cc5a110e100c110d0d10";
                case 23:
                    return "13100e0f100f11100c0c100d100f090f1063c69c110f0c0d0f131113";
                case 24:
                    return "130c120d0f100f1210110f110f11110e0b26cbc9280c110c13121012";
                case 25:
                    return "0f10120b0e141410140e120f0d1112100f1197cb6a0f140f100e0e13";
                case 26:
                    return "0d14130d131010121110121010120e10111156cc621511120e11170f";
                default:
                    return "0d0e130d100e0e0f140d1511130b100c0e0e1115130d0e120d120e0f";
            }
        }

        private static string Vector6(int index)
        {
            switch (index)
            {
                case 0:
                    return "1e0e1709141f1204100d1600000d1f0e1f1c030a1a08181f13110c06";
                case 1:
                    return "1f1b10150e0000000011051c03170128141a081300190b0606151b0f";
                case 2:
                    return "240d160619170800246786928e93b0857388723800090d1f0010161b";
                case 3:
                    return "1927100f140020160beac6dac7c7aab7c1d5f571001203170c1a0000";
                case 4:
                    return "0213000016001a1312d1860f0d06040c18c2420a001e23011920161e";
                case 5:
                    return "00181a1d171000000bdb830400182003879a1f000915050110260506";
                case 6:
                    return "17111c01141e191d00b98d0b120b0427ed3a081b001600160d1e0006";
                case 7:
                    return "0009131f210a16020cc8d90c1e000d9473100c0c051a000200080710";
                case 8:
                    return "100a1328000823150899cd10072766cb030d060f00140012001b1524";
                case 9:
                    return "17180223001103141b56db4f8491967e7c5c000b15000f1413002516";
                case 10:
                    return "051d1e1b171100190337d0d6dcd2bcdfdaecc57829061d0e0d100605";
                case 11:
                    return "1816000d1424000e0008a0790d1610292473a2dc70121219090f001a";
                case 12:
                    return "000005170c21060009160e00160e0a1b0a0016b6d62f0d1a15000125";
                case 13:
                    return "110006010e12041d08150d001113120f1f2b0c3feb841d000c111608";
                case 14:
                    return "171428141901151b181a0721002c25131101121fb7c7091317120017";
                case 15:
                    return "171113070411280602020e0b0d1b1710170b0210a8ca00270804000d";
                case 16:
                    return "09220d00010016091809090e1320141a00010c0069db4715001d1b0d";
                case 17:
                    return "001412090f02070a0e1705171e0d1d081c26231d4bf16500011f1309";
                case 18:
                    return "1d071a191a2a121100008e790d0b10050000000e00eb91030f0e1b13";
                case 19:
                    return "111e000218072a11092c94d72e00100b0521191919c88a1314000f22";
                case 20:
                    return "1011060f180d050600042fddcf350d19041229121ed874000e081100";
                case 21:
                    return "1217021d1c0c1c23001e324bbde684350008070b8ad4392c00181018";
                case 22:
                    return "0b130000060f0f17101720042f9dd5cbaca7c6cdcc75001d0805140d";
                case 23:
                    return "0f1706051900070c090d1c120a035488acbcbda34e00170a210d2310";
                case 24:
                    return "1b1808271610280526000f00152c0c0e00001f11160c0011050f2311";
                case 25:
                    return "03082100120610050e1700001a1d1b0010000015170d000200000004";
                case 26:
                    return "000d000b00120b0a22060d0c2100090b0b0f070b150a0a0a16090a1e";
                default:
                    return "171c001c0f220a0016250f000400060b05080c0404171c0400001402";
            }
        }

        private static string Vector7(int index)
        {
            switch (index)
            {
                case 0:
                    return "1a1a1b181b1d1c191c1a1b1c1a1b1b1c1d181c1a191c1d1b1a1c1b19";
                case 1:
                    return "1a1b1b1c1c1d1a1d1a1d1b1a191b1d1c1b1d1b1b191a1a1b191c1c1c";
                case 2:
                    return "1c1c1a18181d1d1e1c1d1d191b1c1a1a1c1a1d1c1a1b1a1b1c1c1c19";
                case 3:
                    return "1d181a1e1c1b191c1c1a2d2a1a191b1d191b1a1b1a1d1a1b1a1d1c1a";
                case 4:
                    return "1c1b1b1c1b1b1b1b346d944c1d1b1d1a1a1b191d1b1e191d1c1b1b1d";
                case 5:
                    return "1c1a1a1c1b1a397491571d181c191d1c19346a1a1c1c171d1c191c1b";
                case 6:
                    return "1e241a1c37768a5118181b1d1b181d1933909d2a1a1a1c1d1a191a1a";
                case 7:
                    return "18885f1c4d4b181d1a1a1e1b1a1c1c34939c3c1e19161b1c1c1a1d1b";
                case 8:
                    return "191c6b78241b1d191a1a1c1e1b1d2c93983c1b1c1c1c1a18191d1e1a";
                case 9:
                    return "1a181a5091421b1a19191d1a1e2487a03e1c191d1b191b1c1e1d191a";
                case 10:
                    return "18191b1b378823171b1a1a191a7ea242181d191b1a1b1c1c1a1d191d";
                case 11:
                    return "191a1b1c17181f191d1c1a1d6ca04d1d1b1c1a191c181b1a1d1b1b1b";
                case 12:
                    return "1c1b1a1b1c1d1d191b1a1952a3671a1a1b1a1c1b1d1b1a1d18191b1b";
                case 13:
                    return "1c1b1b1b1c1a1a1e1c1a36a37d1d1b1918191c1c1d1c1b1a1a171a1c";
                case 14:
                    return "1d1d1b1c191a1d1d1a1b809f2d1b1a191b1a1b19191b1a1c1d1e1a1a";
                case 15:
                    return "1b1c171c191e181b1b5ea14f1b47603d211a1e181b1a1a19181e1c1a";
                case 16:
                    return "191a181c1d1d1d1c2da47144879ea3a2975e1e1e1d1c1b1a1b1b1919";
                case 17:
                    return "1b1b191c181b1d186f9f5ea4914e264777a0741d1a1c1a181c1d1a1e";
                case 18:
                    return "19191b181c1c1839a2649f6f1e1b1b1e1d57a25b1d1d191a1a1b1b1d";
                case 19:
                    return "1b191b19171b1d53a1a46e191e1b1b1a1c1a81921d18171b1a1d1d1b";
                case 20:
                    return "191c1a1a191b1d7497881b1c191b191b1a1b67a11e1d1c1c1d1e1919";
                case 21:
                    return "1c1d181d191b1e91a33f1a1d1a1a1c1b1c1b77981c1c1a1c1918191a";
                case 22:
                    return "1a1c1e1b1a1a1c93731d1a1a1a1c1c1b1e28a26a191a1d1b1a1c1c1c";
                case 23:
                    return "191d1c191f1d1b92731a1c1d1c1c19181c72a235181b191a1c1d1d1d";
                case 24:
                    return "1b1b1b1c1c1c1b7596191a19191b181955a1621b1c1e1b17191d1b1b";
                case 25:
                    return "1a191b1a1b1b1848a26e221d1a1b3b6d9f7a1c191b1d1a1b1b1c1d1e";
                case 26:
                    return "1a1c1d1b1c1a1c1c5ca3a5868595a3a262191a191a1b1a1b1d1c1b1e";
                default:
                    return "1a1b191d1b181b1e1c47638781715527181a1b181a1c1c1b1b1c1d1d";
            }
        }
    }
}
